import { toCsv, type TableData } from '../words/csv';
import { measured } from '../words/figures';
import { CopyButton } from './copy_button';
import { TableFrame } from './table_frame';

// The numbers behind a chart: folded below it, copyable as CSV with full digits.
export function DataTable({ label, table }: { label: string; table: TableData }) {
  return (
    <details class="data-table">
      <summary>
        Table<span class="hidden">: {label}</span>
      </summary>
      <CopyButton label="Copy as CSV" text={() => toCsv(table)} />
      <TableFrame label={label}>
        <thead>
          <tr>
            {table.columns.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, at) => (
            <tr key={at}>
              {row.map((cell, column) => (
                <td key={column} class={typeof cell === 'number' ? 'number' : undefined}>
                  {typeof cell === 'number' ? measured(cell) : (cell ?? '–')}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </TableFrame>
    </details>
  );
}
