import type { Decile } from '../api/report_types';
import { ChartFigure } from '../charts/chart_figure';
import { Estimate } from '../charts/estimate';
import { Plot } from '../charts/plot';
import { extent } from '../charts/scale';
import { isFigure, percent, thousands } from '../words/figures';

interface Props {
  deciles: Decile[];
  nominal: number;
  unit: string;
}

const whole = (value: number): string => `${Math.round(value * 100)} %`;

// Whether the intervals hold as often as they promise, for small and for large amounts.
export function CoverageChart({ deciles, nominal, unit }: Props) {
  const drawn = deciles.filter(({ coverage }) => isFigure(coverage));
  if (drawn.length === 0) return null;
  const lows = drawn.map(({ coverage, coverage_low: low }) => low ?? coverage ?? nominal);
  const [from, to] = extent(drawn.map(({ mean_predicted: x }) => x));
  const room = (to - from) * 0.04;
  return (
    <ChartFigure
      title="Intervals that hold"
      term="coverage of the prediction intervals"
      note={`each tenth of the patients by what was told; ${percent(nominal)} are promised (dashed)`}
      table={{
        columns: ['mean predicted', 'hold', 'low', 'high', `mean width, ${unit}`, 'rows'],
        rows: drawn.map((one) => [
          one.mean_predicted,
          one.coverage,
          one.coverage_low,
          one.coverage_high,
          one.mean_width,
          one.rows,
        ]),
      }}
    >
      <Plot
        label="share of intervals that hold, by predicted amount"
        x={{ label: `predicted, ${unit}`, low: from - room, high: to + room, write: thousands }}
        y={{
          label: 'intervals that hold',
          low: Math.min(0.7, ...lows),
          high: 1,
          write: whole,
        }}
      >
        {(frame) => (
          <>
            <line
              class="line line-reference"
              x1={frame.x(frame.x.low)}
              x2={frame.right}
              y1={frame.y(nominal)}
              y2={frame.y(nominal)}
            />
            {drawn.map((one, at) => (
              <Estimate
                key={at}
                frame={frame}
                x={one.mean_predicted}
                y={one.coverage ?? 0}
                low={one.coverage_low}
                high={one.coverage_high}
              />
            ))}
          </>
        )}
      </Plot>
    </ChartFigure>
  );
}
