import type { Gap } from '../api/report_types';
import { Table, type Column } from '../parts/table';
import { count, fixed, interval, isFigure } from '../words/figures';
import { measureWords } from '../words/measures';

// An amount of money needs no digits after the point, an AUROC three.
function write(of: Gap): (value: number) => string {
  const large = isFigure(of.value) && Math.abs(of.value) >= 100;
  return (value) => (large ? count(value) : fixed(value, 3));
}

const columns: Column<Gap>[] = [
  { head: 'Groups by', names: true, cell: (gap) => gap.column.replaceAll('_', ' ') },
  { head: 'Measure', title: 'what is compared', cell: (gap) => measureWords(gap.measure) },
  {
    head: 'Gap',
    title: 'highest minus lowest group',
    number: true,
    cell: (gap) => (isFigure(gap.value) ? write(gap)(gap.value) : '–'),
  },
  { head: '95 % interval', cell: (gap) => interval(gap.low, gap.high, write(gap)) || '–' },
];

// How far apart the best and the worst group of a column are.
export function Gaps({ gaps }: { gaps: Gap[] }) {
  const drawn = gaps.filter(({ value }) => isFigure(value));
  if (drawn.length === 0) return null;
  return (
    <div class="below">
      <h3>Gaps between groups</h3>
      <p class="quiet">
        from the lowest to the highest group that has enough patients; chance alone makes a gap, so
        its interval tells how large it may be, not that there is one
      </p>
      <Table
        label="Gaps between groups"
        columns={columns}
        rows={drawn}
        keyOf={(gap) => `${gap.column}/${gap.measure}`}
      />
    </div>
  );
}
