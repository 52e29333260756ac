import type { Importance as Entry, Report } from '../api/report_types';
import { DataTable } from '../parts/data_table';
import { Section } from '../parts/section';
import { Table, type Column } from '../parts/table';
import { count, fixed, measured, percent } from '../words/figures';
import { unitWord } from '../words/units';
import { DependenceMark } from './dependence_mark';

const most = 20;

function columnsOf(reach: number): Column<Entry>[] {
  return [
    { head: 'Feature', names: true, cell: (one) => one.label },
    { head: 'Share', number: true, cell: (one) => percent(one.share) },
    {
      head: 'Mean change',
      title: 'mean size of its contribution to the margin',
      number: true,
      cell: (one) => (one.mean_abs < 100 ? fixed(one.mean_abs, 3) : count(one.mean_abs)),
    },
    {
      head: 'By other features',
      title: 'share of its contribution that its own value does not explain: interaction',
      number: true,
      cell: (one) => percent(one.interaction),
    },
    {
      head: 'From low to high',
      title: 'mean contribution by its own value; an open dot is "not given"',
      cell: (one) => <DependenceMark parts={one.dependence ?? []} reach={reach} />,
    },
    { head: 'How it moves the answer', wide: true, cell: (one) => <Dependence of={one} /> },
  ];
}

const change = (value: number): string =>
  Math.abs(value) < 100 ? fixed(value, 2) : measured(Math.round(value));

function valueWords(value: number | string | null, unit: string): string {
  if (value === null) return 'not given';
  return typeof value === 'string' ? value : `${measured(value)} ${unitWord(unit)}`.trim();
}

// Lowest and highest mean contribution and at which values: the ends of the dependence.
function Dependence({ of }: { of: Entry }) {
  const points = of.dependence ?? [];
  if (points.length < 2) return null;
  const sorted = [...points].sort((a, b) => a.contribution - b.contribution);
  const ends = [sorted[0], sorted[sorted.length - 1]];
  return (
    <span class="quiet">
      {ends
        .map((end) => end && `${change(end.contribution)} at ${valueWords(end.value, of.unit)}`)
        .join(' … ')}
    </span>
  );
}

// What the model leans on, over patients it has not learnt from.
export function Importance({ report }: { report: Report }) {
  const rows = (report.importance ?? []).filter((one) => one.mean_abs > 0).slice(0, most);
  if (rows.length === 0) return null;
  const parts = rows.flatMap((one) => one.dependence ?? []);
  const reach = Math.max(...parts.map(({ contribution }) => Math.abs(contribution)), 0);
  return (
    <Section title="What it leans on" note="mean contributions on held-out patients">
      <Table
        label="Feature importance"
        columns={columnsOf(reach)}
        rows={rows}
        keyOf={(one) => one.feature}
      />
      <DataTable
        label="Dependence"
        table={{
          columns: ['feature', 'value', 'unit', 'mean contribution', 'rows'],
          rows: rows.flatMap((one) =>
            (one.dependence ?? []).map((part) => [
              one.label,
              part.value,
              one.unit,
              part.contribution,
              part.rows,
            ]),
          ),
        }}
      />
    </Section>
  );
}
