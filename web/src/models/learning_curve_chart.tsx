import type { LearningCurve } from '../api/report_types';
import { ChartFigure } from '../charts/chart_figure';
import { Estimate } from '../charts/estimate';
import { Line } from '../charts/line';
import { Plot } from '../charts/plot';
import { extent } from '../charts/scale';
import { count, fixed, isFigure, percent } from '../words/figures';
import { measureWords } from '../words/measures';

type Points = (Omit<LearningCurve['points'][number], 'value'> & { value: number })[];

function Chart({ points, figure }: { points: Points; figure: string }) {
  const last = points.at(-1);
  if (!last) return null;
  const figures = points.flatMap((p) => [p.value, p.value_low, p.value_high]).filter(isFigure);
  const [low, high] = extent(figures);
  const room = Math.max((high - low) / 10, 0.005);
  return (
    <ChartFigure
      title={`${figure} by patients learnt from`}
      term="learning curve"
      note="the same learner, settings and folds; where the curve still rises at its end, more patients would help"
      table={{
        columns: ['share', 'patients', figure, 'low', 'high', 'lost', 'low', 'high'],
        rows: points.map((p) => [
          p.share,
          p.subjects,
          p.value,
          p.value_low,
          p.value_high,
          p.lost ?? null,
          p.lost_low ?? null,
          p.lost_high ?? null,
        ]),
      }}
    >
      <Plot
        label={`${figure} by patients learnt from, ${fixed(last.value, 3)} with all`}
        x={{ label: 'patients learnt from', low: 0, high: last.subjects * 1.05, write: count }}
        y={{
          label: `${figure} on patients not learnt from`,
          low: low - room,
          high: high + room,
          write: (value) => fixed(value, 2),
        }}
      >
        {(frame) => (
          <>
            <Line
              tone="model"
              frame={frame}
              points={points.map((p) => ({ x: p.subjects, y: p.value }))}
            />
            {points.map((p) => (
              <Estimate
                key={p.share}
                frame={frame}
                x={p.subjects}
                y={p.value}
                low={p.value_low}
                high={p.value_high}
              >
                <title>{`${count(p.subjects)} patients: ${fixed(p.value, 3)}`}</title>
              </Estimate>
            ))}
          </>
        )}
      </Plot>
    </ChartFigure>
  );
}

// What a model reaches by the number of patients it learnt from.
export function LearningCurveChart({ curve }: { curve: LearningCurve }) {
  const points = curve.points.flatMap(({ value, ...rest }) =>
    isFigure(value) ? [{ ...rest, value }] : [],
  );
  return (
    <>
      <Chart points={points} figure={measureWords(curve.measure)} />
      {curve.left_out.map(({ share, why }) => (
        <p key={share} class="quiet below">
          Not learnt from {percent(share)} of the patients: {why}
        </p>
      ))}
    </>
  );
}
