export type Cell = string | number | null;

export interface TableData {
  columns: string[];
  rows: Cell[][];
}

function csvCell(cell: Cell): string {
  const text = cell === null ? '' : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

// RFC 4180, with the header as first record.
export function toCsv(table: TableData): string {
  return (
    [table.columns, ...table.rows].map((row) => row.map(csvCell).join(',')).join('\r\n') + '\r\n'
  );
}
