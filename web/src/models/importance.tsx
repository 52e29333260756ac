import type { Importance as Entry, Report } from '../api/report_types';
import { Section } from '../parts/section';
import { Table, type Column } from '../parts/table';
import { fixed, measured, percent } from '../words/figures';
import { unitWord } from '../words/units';

const most = 20;

const columns: Column<Entry>[] = [
  { head: 'Feature', names: true, cell: (one) => one.label },
  { head: 'Share', number: true, cell: (one) => percent(one.share) },
  {
    head: 'Mean change',
    title: 'mean size of its contribution to the margin',
    number: true,
    cell: (one) => fixed(one.mean_abs, 3),
  },
  {
    head: 'By other features',
    title: 'share of its contribution that its own value does not explain: interaction',
    number: true,
    cell: (one) => percent(one.interaction),
  },
  { head: 'How it moves the answer', wide: true, cell: (one) => <Dependence of={one} /> },
];

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
        .map((end) => end && `${fixed(end.contribution, 2)} at ${valueWords(end.value, of.unit)}`)
        .join(' … ')}
    </span>
  );
}

// What the model leans on, over patients it has not learnt from.
export function Importance({ report }: { report: Report }) {
  const rows = (report.importance ?? []).filter((one) => one.mean_abs > 0).slice(0, most);
  if (rows.length === 0) return null;
  return (
    <Section title="What it leans on" note="mean contributions on held-out patients">
      <Table label="Feature importance" columns={columns} rows={rows} keyOf={(one) => one.feature} />
    </Section>
  );
}
