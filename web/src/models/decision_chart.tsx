import type { Report } from '../api/report_types';
import { ChartFigure } from '../charts/chart_figure';
import { Line } from '../charts/line';
import { Plot } from '../charts/plot';
import { extent } from '../charts/scale';
import { measured } from '../words/figures';

export function DecisionChart({ report }: { report: Report }) {
  const curve = report.decision_curve ?? [];
  if (curve.length === 0) return null;
  const [low, high] = extent(curve.map((p) => p.threshold));
  const best = Math.max(...curve.map((p) => Math.max(p.model, p.treat_all)), 1e-6);
  const threshold = report.operating_point?.threshold;
  const model = curve.map((p) => ({ x: p.threshold, y: p.model }));
  const all = curve.map((p) => ({ x: p.threshold, y: p.treat_all }));
  return (
    <ChartFigure
      title="Worth of acting on it"
      term="decision curve: net benefit by threshold (Vickers and Elkin 2006)"
      note="above both other lines, acting on the model is better than acting on all or on none"
      table={{
        columns: ['threshold', 'net benefit of the model', 'net benefit of alerting for all'],
        rows: curve.map((p) => [p.threshold, p.model, p.treat_all]),
      }}
    >
      <Plot
        label="decision curve"
        x={{ label: 'threshold', low, high, write: (v) => `${measured(v * 100)} %` }}
        y={{ label: 'net benefit', low: -best * 0.3, high: best * 1.1, write: measured }}
      >
        {(frame) => (
          <>
            <line class="axis" x1={frame.x(low)} x2={frame.right} y1={frame.y(0)} y2={frame.y(0)} />
            <Line tone="second" frame={frame} points={all} />
            <Line tone="model" frame={frame} points={model} />
            {threshold !== undefined && threshold >= low && threshold <= high && (
              <line
                class="line line-reference"
                x1={frame.x(threshold)}
                x2={frame.x(threshold)}
                y1={frame.y(frame.y.high)}
                y2={frame.bottom}
              />
            )}
            <text class="direct" x={frame.right} y={frame.y(0) + 14} text-anchor="end">
              alert for none
            </text>
            <text
              class="direct direct-model"
              x={frame.right}
              y={frame.y(best * 0.96)}
              text-anchor="end"
            >
              model
            </text>
            <text
              class="direct direct-second"
              x={frame.right}
              y={frame.y(best * 0.96) + 16}
              text-anchor="end"
            >
              alert for all
            </text>
          </>
        )}
      </Plot>
    </ChartFigure>
  );
}
