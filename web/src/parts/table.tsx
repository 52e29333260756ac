import type { ComponentChildren } from 'preact';
import { TableFrame } from './table_frame';

export interface Column<T> {
  head: string;
  title?: string;
  number?: boolean;
  wide?: boolean;
  names?: boolean; // the cell that names its row
  cell: (row: T) => ComponentChildren;
}

interface Props<T> {
  label: string;
  columns: Column<T>[];
  rows: T[];
  keyOf: (row: T) => string;
  chosen?: (row: T) => boolean;
}

// Every table of the pages: numbers to the right, the naming cell as row header.
export function Table<T>({ label, columns, rows, keyOf, chosen }: Props<T>) {
  const looks = (column: Column<T>): string | undefined =>
    column.number ? 'number' : column.wide ? 'wide' : undefined;
  return (
    <TableFrame label={label}>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column.head} scope="col" class={looks(column)} title={column.title}>
              {column.head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={keyOf(row)} class={chosen?.(row) ? 'chosen' : undefined}>
            {columns.map((column) =>
              column.names ? (
                <th key={column.head} scope="row" class={looks(column)}>
                  {column.cell(row)}
                </th>
              ) : (
                <td key={column.head} class={looks(column)}>
                  {column.cell(row)}
                </td>
              ),
            )}
          </tr>
        ))}
      </tbody>
    </TableFrame>
  );
}
