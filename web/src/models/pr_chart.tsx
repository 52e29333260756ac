import type { Report } from '../api/report_types';
import { ChartFigure } from '../charts/chart_figure';
import { Line } from '../charts/line';
import { Plot } from '../charts/plot';
import { fixed, percent } from '../words/figures';

const whole = (value: number): string => `${Math.round(value * 100)} %`;

export function PrChart({ report }: { report: Report }) {
  const curve = report.pr ?? [];
  if (curve.length === 0) return null;
  const auprc = report.discrimination?.['auprc'] as number | null | undefined;
  const point = report.operating_point;
  const found = point?.['sensitivity'] as number | null | undefined;
  const right = point?.['ppv'] as number | null | undefined;
  const prevalence = report.prevalence ?? 0;
  return (
    <ChartFigure
      title="Right alarms against events found"
      term="precision and recall (PR)"
      note={`AUPRC ${fixed(auprc, 3)}; alarms at random would be right in ${percent(prevalence)}`}
      table={{
        columns: ['threshold', 'sensitivity', 'positive predictive value'],
        rows: curve.map((p) => [p.threshold, p.x, p.y]),
      }}
    >
      <Plot
        label={`precision-recall curve, area ${fixed(auprc, 3)}`}
        x={{ label: 'events found (sensitivity)', low: 0, high: 1, write: whole }}
        y={{ label: 'alarms that are right (PPV)', low: 0, high: 1, write: whole }}
      >
        {(frame) => (
          <>
            <Line
              tone="reference"
              frame={frame}
              points={[
                { x: 0, y: prevalence },
                { x: 1, y: prevalence },
              ]}
            />
            <Line tone="model" frame={frame} points={curve} />
            {typeof found === 'number' && typeof right === 'number' && (
              <circle class="dot" cx={frame.x(found)} cy={frame.y(right)} r={4.5} />
            )}
          </>
        )}
      </Plot>
    </ChartFigure>
  );
}
