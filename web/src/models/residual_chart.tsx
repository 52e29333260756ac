import type { Report } from '../api/report_types';
import { ChartFigure } from '../charts/chart_figure';
import { Plot } from '../charts/plot';
import { count, measured, thousands } from '../words/figures';

interface Props {
  residuals: NonNullable<Report['residuals']>;
  unit: string;
}

// How often the prediction misses by how much.
export function ResidualChart({ residuals, unit }: Props) {
  const { from, to, counts } = residuals;
  const step = (to - from) / counts.length;
  const most = Math.max(...counts, 1);
  return (
    <ChartFigure
      title="How far off"
      term="residuals"
      note="right of 0 too much was predicted; the outermost bars hold all beyond"
      table={{
        columns: ['from', 'to', 'rows'],
        rows: counts.map((rows, at) => [from + at * step, from + (at + 1) * step, rows]),
      }}
    >
      <Plot
        label="histogram of predicted minus observed"
        x={{ label: `predicted minus observed, ${unit}`, low: from, high: to, write: thousands }}
        y={{ label: 'rows', low: 0, high: most, write: measured }}
      >
        {(frame) => (
          <>
            {counts.map((rows, at) => (
              <rect
                key={at}
                class="bar"
                x={frame.x(from + at * step)}
                width={Math.max(0, frame.x(from + step) - frame.x(from) - 1)}
                y={frame.y(rows)}
                height={frame.bottom - frame.y(rows)}
              >
                <title>
                  {count(from + at * step)} to {count(from + (at + 1) * step)} {unit}: {rows} rows
                </title>
              </rect>
            ))}
            <line
              class="line line-reference"
              x1={frame.x(0)}
              x2={frame.x(0)}
              y1={frame.y(most)}
              y2={frame.bottom}
            />
          </>
        )}
      </Plot>
    </ChartFigure>
  );
}
