import type { Importance } from '../api/report_types';

type Part = NonNullable<Importance['dependence']>[number];

const width = 140;
const height = 30;

// How the contribution moves with the value, small enough for a table cell: parts of equal size by
// value from left to right, "not given" apart at the end as an open dot; above the fine line it
// raises the answer. `reach`: the largest contribution of all features, so that rows compare.
export function DependenceMark({ parts, reach }: { parts: Part[]; reach: number }) {
  const given = parts.filter(({ value }) => value !== null);
  const absent = parts.find(({ value }) => value === null);
  const ordered = given.every(({ value }) => typeof value === 'number');
  const step = (width - 26) / Math.max(1, given.length - 1);
  const x = (at: number): number => 5 + at * step;
  const y = (contribution: number): number =>
    height / 2 - (contribution / (reach || 1)) * (height / 2 - 4);
  const tone = (contribution: number): string => (contribution >= 0 ? 'raising' : 'lowering');
  return (
    <svg class="interval dependence" width={width} height={height} aria-hidden="true">
      <line class="axis" x1={0} x2={width} y1={height / 2} y2={height / 2} />
      {ordered && given.length > 1 && (
        <path
          class="line line-reference"
          d={given.map((one, at) => `${at ? 'L' : 'M'}${x(at)},${y(one.contribution)}`).join('')}
        />
      )}
      {given.map((one, at) => (
        <circle
          key={at}
          class={`mark mark-${tone(one.contribution)}`}
          cx={x(at)}
          cy={y(one.contribution)}
          r={2.5}
        />
      ))}
      {absent && (
        <circle
          class={`mark mark-open mark-${tone(absent.contribution)}`}
          cx={width - 6}
          cy={y(absent.contribution)}
          r={2.75}
        />
      )}
    </svg>
  );
}
