import type { TableEntry } from '../api/types';
import { tablePath } from '../app/route';
import { Link } from '../parts/link';
import { Table, type Column } from '../parts/table';
import { When } from '../parts/when';
import { count } from '../words/figures';
import { bytesWords } from '../words/sizes';

const columns: Column<TableEntry>[] = [
  {
    head: 'Table',
    names: true,
    cell: (table) => <Link href={tablePath(table.name)}>{table.name}</Link>,
  },
  { head: 'Rows', number: true, cell: (table) => count(table.rows) },
  { head: 'Files', number: true, cell: (table) => count(table.files) },
  { head: 'Size', number: true, cell: (table) => bytesWords(table.bytes) },
  { head: 'Version', number: true, cell: (table) => table.version },
  { head: 'Changed', cell: (table) => <When iso={table.committed_at} as="age" /> },
];

export function Tables({ tables }: { tables: TableEntry[] }) {
  if (tables.length === 0) {
    return (
      <p class="notice">
        No table is built yet. Bring data in: <code>codman ingest synthetic</code>
      </p>
    );
  }
  return <Table label="Tables" columns={columns} rows={tables} keyOf={(table) => table.name} />;
}
