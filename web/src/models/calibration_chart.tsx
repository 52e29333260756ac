import type { Calibration } from '../api/report_types';
import { ChartFigure } from '../charts/chart_figure';
import { Estimate } from '../charts/estimate';
import { Line } from '../charts/line';
import { Plot, type Frame } from '../charts/plot';
import { fixed, measured, percent } from '../words/figures';

const plain = (value: number): string => `${measured(value * 100)} %`;

// The histogram stands in the lowest fifth of the chart, on its own scale.
function Histogram({ frame, upper, counts }: { frame: Frame; upper: number; counts: number[] }) {
  const most = Math.max(...counts, 1);
  const tall = (frame.y(frame.y.low) - frame.y(frame.y.high)) / 5;
  const width = frame.x(upper / counts.length) - frame.x(0);
  return (
    <g class="histogram" aria-hidden="true">
      {counts.map((rows, at) => (
        <rect
          key={at}
          x={frame.x(0) + at * width}
          width={Math.max(0, width - 1)}
          y={frame.bottom - (rows / most) * tall}
          height={(rows / most) * tall}
        />
      ))}
    </g>
  );
}

interface Props {
  calibration: Calibration | undefined;
  of?: string; // the class, of several
}

export function CalibrationChart({ calibration, of }: Props) {
  if (!calibration || calibration.curve.length === 0) return null;
  const highest = Math.max(
    ...calibration.curve.flatMap((b) => [b.mean_risk, b.observed, b.high ?? 0]),
  );
  const upper = Math.min(1, Math.max(highest * 1.05, calibration.histogram?.upper ?? 0));
  return (
    <ChartFigure
      title={of ? `Predicted against observed: ${of}` : 'Predicted against observed'}
      term="calibration"
      note={`slope ${fixed(calibration.slope, 2)}; on the dashed line what was predicted came true`}
      table={{
        columns: ['mean predicted risk', 'observed', 'low', 'high', 'rows'],
        rows: calibration.curve.map((b) => [b.mean_risk, b.observed, b.low, b.high, b.rows]),
      }}
    >
      <Plot
        label={`calibration${of ? ` of ${of}` : ''}, slope ${fixed(calibration.slope, 2)}`}
        x={{
          label: 'predicted risk, over how often it was given',
          low: 0,
          high: upper,
          write: plain,
        }}
        y={{ label: 'observed frequency', low: 0, high: upper, write: plain }}
      >
        {(frame) => (
          <>
            {calibration.histogram && <Histogram frame={frame} {...calibration.histogram} />}
            <Line
              tone="reference"
              frame={frame}
              points={[
                { x: 0, y: 0 },
                { x: upper, y: upper },
              ]}
            />
            {calibration.curve.map((bin, at) => (
              <Estimate
                key={at}
                frame={frame}
                x={bin.mean_risk}
                y={bin.observed}
                low={bin.low}
                high={bin.high}
              >
                <title>
                  predicted {percent(bin.mean_risk)}, observed {percent(bin.observed)}, {bin.rows}{' '}
                  rows
                </title>
              </Estimate>
            ))}
          </>
        )}
      </Plot>
    </ChartFigure>
  );
}
