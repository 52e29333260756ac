import type { Difference } from '../api/run_types';
import { fixed, isFigure } from '../words/figures';
import { measureWords } from '../words/measures';
import { Table, type Column } from './table';

interface Props {
  label: string;
  before: string;
  after: string;
  rows: Difference[];
}

// With all digits: what differs must be seen to differ.
export function writeValue(value: unknown): string {
  if (value === null || value === undefined) return '–';
  if (Array.isArray(value)) return value.map(writeValue).join(', ');
  if (typeof value !== 'object') return String(value);
  return Object.entries(value)
    .map(([name, one]) => `${name.replaceAll('_', ' ')} ${writeValue(one)}`)
    .join(', ');
}

const signed = (value: number): string => (value > 0 ? `+${fixed(value, 4)}` : fixed(value, 4));

function columnsOf({ before, after, rows }: Props): Column<Difference>[] {
  const what: Column<Difference> = { head: 'What', names: true, cell: (row) => measureWords(row.name) };
  if (!rows.some((row) => row.difference !== undefined)) {
    return [
      what,
      { head: before, wide: true, cell: (row) => writeValue(row.a) },
      { head: after, wide: true, cell: (row) => writeValue(row.b) },
    ];
  }
  const four = (value: unknown): string => fixed(typeof value === 'number' ? value : null, 4);
  return [
    what,
    { head: before, number: true, cell: (row) => four(row.a) },
    { head: after, number: true, cell: (row) => four(row.b) },
    {
      head: 'Difference',
      number: true,
      cell: (row) => (isFigure(row.difference) ? signed(row.difference) : '–'),
    },
  ];
}

// Two things side by side, a line for each point in question.
export function DifferenceTable(props: Props) {
  if (props.rows.length === 0) return <p class="quiet">No difference.</p>;
  return (
    <Table
      label={props.label}
      columns={columnsOf(props)}
      rows={props.rows}
      keyOf={(row) => row.name}
    />
  );
}
