import type { Comparison } from '../api/report_types';
import { Table, type Column } from '../parts/table';
import { count, fixed, interval, isFigure } from '../words/figures';
import { measureWords } from '../words/measures';

interface Line {
  other: string;
  measure: Comparison['measures'][number];
}

const write = (value: number | null): string =>
  isFigure(value) && Math.abs(value) >= 100 ? count(value) : fixed(value, 4);

const verdicts: Record<string, string> = { better: 'model is better', worse: 'model is worse' };

const columns: Column<Line>[] = [
  { head: 'Other model', names: true, cell: ({ other }) => other.replaceAll('_', ' ') },
  { head: 'Measure', cell: ({ measure }) => measureWords(measure.name) },
  { head: 'Model', number: true, cell: ({ measure }) => write(measure.model) },
  { head: 'Other', number: true, cell: ({ measure }) => write(measure.other) },
  { head: 'Difference', number: true, cell: ({ measure }) => write(measure.difference) },
  {
    head: '95 % interval',
    cell: ({ measure }) => interval(measure.difference_low, measure.difference_high, write) || '–',
  },
  { head: 'Shown', cell: ({ measure }) => verdicts[measure.verdict] ?? 'not shown' },
];

// The model against the simple baseline and the other variants, measure by measure.
export function Comparisons({ of }: { of: Comparison[] | undefined }) {
  if (!of?.length) return null;
  const lines = of.flatMap(({ other, measures }) =>
    measures.map((measure) => ({ other, measure })),
  );
  return (
    <details>
      <summary>Measure by measure: baseline and other variants</summary>
      <Table
        label="Comparison measure by measure"
        columns={columns}
        rows={lines}
        keyOf={({ other, measure }) => `${other}/${measure.name}`}
      />
    </details>
  );
}
