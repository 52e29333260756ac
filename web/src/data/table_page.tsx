import type { TableColumn, TableDetails, TableVersion } from '../api/types';
import { useLoaded } from '../api/use_loaded';
import { Answer } from '../parts/answer';
import { Figure } from '../parts/figure';
import { Link } from '../parts/link';
import { Page } from '../parts/page';
import { Section } from '../parts/section';
import { Table, type Column } from '../parts/table';
import { When } from '../parts/when';
import { count, measured } from '../words/figures';
import { bytesWords } from '../words/sizes';
import { LineageTree } from './lineage_tree';

const columnColumns: Column<TableColumn>[] = [
  { head: 'Column', names: true, cell: (column) => <code>{column.name}</code> },
  { head: 'Type', cell: (column) => column.type },
  { head: 'Nulls', number: true, cell: (column) => count(column.nulls) },
  { head: 'Least', cell: (column) => column.least ?? '–' },
  { head: 'Greatest', cell: (column) => column.greatest ?? '–' },
];

const versionColumns: Column<TableVersion>[] = [
  { head: 'Version', names: true, cell: (one) => one.version },
  { head: 'When', cell: (one) => <When iso={one.committed_at} /> },
  { head: 'What', cell: (one) => one.operation ?? '–' },
  { head: 'Rows', number: true, cell: (one) => count(one.rows) },
  { head: 'Files', number: true, cell: (one) => count(one.files) },
];

type Row = TableDetails['sample'][number];

function sampleColumns(columns: TableColumn[]): Column<Row>[] {
  return columns.map(({ name, type }) => ({
    head: name,
    number: type === 'double' || type === 'int64',
    cell: (row) => {
      const value = row[name];
      if (value === null || value === undefined) return '–';
      return typeof value === 'number' && type === 'double' ? measured(value) : String(value);
    },
  }));
}

function Shown({ table }: { table: TableDetails }) {
  return (
    <>
      <dl class="figures headline">
        <Figure label="Rows" value={count(table.rows)} />
        <Figure label="Columns" value={count(table.columns.length)} />
        <Figure label="Size" value={bytesWords(table.bytes)} note={`${count(table.files)} files`} />
        <Figure
          label="Version"
          value={String(table.version)}
          note={<When iso={table.committed_at} as="age" />}
        />
      </dl>
      <Section title="Columns">
        <Table
          label="Columns"
          columns={columnColumns}
          rows={table.columns}
          keyOf={(column) => column.name}
        />
      </Section>
      <Section title="Rows" note={`${count(table.sample.length)} of ${count(table.rows)}, as they come`}>
        {table.sample.length === 0 ? (
          <p class="quiet">The table has no rows.</p>
        ) : (
          <Table
            label="Sample rows"
            columns={sampleColumns(table.columns)}
            rows={table.sample}
            keyOf={(row) => String(table.sample.indexOf(row))}
          />
        )}
      </Section>
      <div class="pair">
        <Section title="Made from">
          <LineageTree name={table.name} direction="back" />
        </Section>
        <Section title="Used for">
          <LineageTree name={table.name} direction="forward" />
        </Section>
      </div>
      <Section title="History">
        <Table
          label="Versions"
          columns={versionColumns}
          rows={table.history}
          keyOf={(one) => String(one.version)}
        />
      </Section>
    </>
  );
}

export function TablePage({ name }: { name: string }) {
  const loaded = useLoaded<TableDetails>(`/api/v1/data/tables/${encodeURIComponent(name)}?rows=20`);
  return (
    <Page title={name} actions={<Link href="/data">All data</Link>}>
      <Answer of={loaded} rows={10}>
        {(table) => <Shown table={table} />}
      </Answer>
    </Page>
  );
}
