import type { Report } from '../api/report_types';
import { ChartFigure } from '../charts/chart_figure';
import { Line } from '../charts/line';
import { Plot } from '../charts/plot';
import { fixed, percent } from '../words/figures';

const whole = (value: number): string => `${Math.round(value * 100)} %`;

export function RocChart({ report }: { report: Report }) {
  const curve = report.roc ?? [];
  if (curve.length === 0) return null;
  const auroc = report.discrimination?.['auroc'] as number | null | undefined;
  const point = report.operating_point;
  const found = point?.['sensitivity'] as number | null | undefined;
  const spared = point?.['specificity'] as number | null | undefined;
  return (
    <ChartFigure
      title="Events found against false alarms"
      term="receiver operating characteristic (ROC)"
      note={`AUROC ${fixed(auroc, 3)}; the dot is the threshold in use`}
      table={{
        columns: ['threshold', 'false alarm rate', 'sensitivity'],
        rows: curve.map((p) => [p.threshold, p.x, p.y]),
      }}
    >
      <Plot
        label={`ROC curve, area ${fixed(auroc, 3)}`}
        x={{ label: 'false alarms among rows without event', low: 0, high: 1, write: whole }}
        y={{ label: 'events found (sensitivity)', low: 0, high: 1, write: whole }}
      >
        {(frame) => (
          <>
            <Line
              tone="reference"
              frame={frame}
              points={[
                { x: 0, y: 0 },
                { x: 1, y: 1 },
              ]}
            />
            <Line tone="model" frame={frame} points={curve} />
            {typeof found === 'number' && typeof spared === 'number' && (
              <g>
                <circle class="dot" cx={frame.x(1 - spared)} cy={frame.y(found)} r={4.5} />
                <text class="direct" x={frame.x(1 - spared) + 9} y={frame.y(found) + 14}>
                  {percent(point?.threshold)}
                </text>
              </g>
            )}
          </>
        )}
      </Plot>
    </ChartFigure>
  );
}
