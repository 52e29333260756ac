import { Section } from '../parts/section';
import { Table, type Column } from '../parts/table';
import { count, fixed } from '../words/figures';
import { measureWords } from '../words/measures';

export interface Repeated {
  repeats: number;
  folds: number;
  metrics: Record<string, { mean: number; low: number | null; high: number | null }>;
}

const shown = [
  'discrimination.auroc',
  'discrimination.auprc',
  'calibration.slope',
  'regression.r2',
  'regression.rmse',
  'interval.coverage',
  'multiclass.macro_auroc',
  'multiclass.accuracy',
];

type Line = { name: string } & Repeated['metrics'][string];

const write = (value: number | null): string =>
  value !== null && Math.abs(value) >= 100 ? count(value) : fixed(value, 4);

const columns: Column<Line>[] = [
  {
    head: 'Measure',
    names: true,
    cell: ({ name }) =>
      name === 'calibration.slope' ? 'calibration slope' : measureWords(name.split('.')[1] ?? name),
  },
  { head: 'Mean', number: true, cell: (line) => write(line.mean) },
  { head: 'Lowest 2.5 %', number: true, cell: (line) => write(line.low) },
  { head: 'Highest 2.5 %', number: true, cell: (line) => write(line.high) },
];

// The same figures over several divisions into folds: how much is the luck of the division.
export function Repeats({ of }: { of: Repeated | undefined }) {
  if (!of) return null;
  const lines = shown.flatMap((name) => {
    const figure = of.metrics[name];
    return figure ? [{ name, ...figure }] : [];
  });
  return (
    <Section
      title="Over repeats"
      note={`${of.repeats} divisions into folds; the spread is the luck of the division, no confidence interval`}
    >
      <Table label="Over repeats" columns={columns} rows={lines} keyOf={({ name }) => name} />
    </Section>
  );
}
