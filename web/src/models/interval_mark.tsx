import { isFigure } from '../words/figures';

interface Props {
  value: number | null | undefined;
  low: number | null | undefined;
  high: number | null | undefined;
  from: number;
  to: number;
  reference: number;
}

// An interval as a line with a dot, small enough for a table cell; the fine rule is the reference.
export function IntervalMark({ value, low, high, from, to, reference }: Props) {
  const width = 120;
  const x = (v: number): number =>
    4 + ((Math.min(Math.max(v, from), to) - from) / (to - from || 1)) * (width - 8);
  if (!isFigure(value)) return null;
  return (
    <svg class="interval" width={width} height={16} aria-hidden="true">
      <line class="axis" x1={x(reference)} x2={x(reference)} y1={1} y2={15} />
      {isFigure(low) && isFigure(high) && (
        <line class="whisker" x1={x(low)} x2={x(high)} y1={8} y2={8} />
      )}
      <circle class="dot" cx={x(value)} cy={8} r={3.5} />
    </svg>
  );
}
