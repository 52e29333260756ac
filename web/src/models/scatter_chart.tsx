import type { Decile, Report } from '../api/report_types';
import { ChartFigure } from '../charts/chart_figure';
import { Estimate } from '../charts/estimate';
import { Line } from '../charts/line';
import { Plot } from '../charts/plot';
import { count, thousands } from '../words/figures';

interface Props {
  scatter: NonNullable<Report['scatter']>;
  deciles: Decile[];
  unit: string;
}

const cellsAcross = 40; // of the report's grid

// Each patient's amount against what was told, counted in cells; the dots are tenths of the
// patients by what was told.
export function ScatterChart({ scatter, deciles, unit }: Props) {
  const { low, high, cells } = scatter;
  const most = Math.max(...cells.map(({ rows }) => rows), 1);
  const side = (high - low) / cellsAcross;
  return (
    <ChartFigure
      title="Predicted against observed"
      note="darker cells hold more patients, dots are tenths of them; on the dashed line the prediction was right"
      table={{
        columns: ['mean predicted', 'mean observed', 'low', 'high', 'rows'],
        rows: deciles.map((one) => [
          one.mean_predicted,
          one.mean_observed,
          one.mean_observed_low,
          one.mean_observed_high,
          one.rows,
        ]),
      }}
    >
      <Plot
        label="predicted against observed amounts"
        x={{ label: `predicted, ${unit}`, low, high, write: thousands }}
        y={{ label: `observed, ${unit}`, low, high, write: thousands }}
      >
        {(frame) => (
          <>
            {cells.map((cell) => (
              <rect
                key={`${cell.predicted}/${cell.observed}`}
                class="cell"
                x={frame.x(cell.predicted - side / 2)}
                y={frame.y(cell.observed + side / 2)}
                width={frame.x(side) - frame.x(0)}
                height={frame.y(0) - frame.y(side)}
                opacity={0.25 + 0.75 * Math.sqrt(cell.rows / most)}
              >
                <title>
                  predicted about {count(cell.predicted)}, observed about {count(cell.observed)}:{' '}
                  {cell.rows} rows
                </title>
              </rect>
            ))}
            <Line
              tone="reference"
              frame={frame}
              points={[
                { x: low, y: low },
                { x: high, y: high },
              ]}
            />
            {deciles.map((one, at) => (
              <Estimate
                key={at}
                frame={frame}
                x={one.mean_predicted}
                y={one.mean_observed}
                low={one.mean_observed_low}
                high={one.mean_observed_high}
                second
              />
            ))}
          </>
        )}
      </Plot>
    </ChartFigure>
  );
}
