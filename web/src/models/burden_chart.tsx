import type { Burden } from '../api/report_types';
import { Line } from '../charts/line';
import { Plot } from '../charts/plot';
import { isFigure, measured } from '../words/figures';

interface Props {
  points: Burden[];
  chosen: Burden;
}

const whole = (value: number): string => `${Math.round(value * 100)} %`;

// What each number of alerts buys: how many of them are right and how many events they find.
export function BurdenChart({ points, chosen }: Props) {
  const drawn = points.filter((p) => isFigure(p.per_100_patient_days));
  const most = Math.max(...drawn.map((p) => p.per_100_patient_days as number), 1);
  const line = (name: 'ppv' | 'sensitivity') =>
    drawn
      .filter((p) => isFigure(p[name]))
      .map((p) => ({ x: p.per_100_patient_days as number, y: p[name] as number }));
  const end = (name: 'ppv' | 'sensitivity'): number =>
    line(name).reduce((last, p) => (p.x >= last.x ? p : last), { x: 0, y: 0.5 }).y;
  const at = chosen.per_100_patient_days;
  return (
    <Plot
      label="alarms that are right and events found, by alerts per 100 patient-days"
      x={{ label: 'alerts per 100 patient-days', low: 0, high: most, write: measured }}
      y={{ label: 'share', low: 0, high: 1, write: whole }}
    >
      {(frame) => (
        <>
          <Line tone="second" frame={frame} points={line('sensitivity')} />
          <Line tone="model" frame={frame} points={line('ppv')} />
          {isFigure(at) && (
            <line
              class="line line-reference"
              x1={frame.x(at)}
              x2={frame.x(at)}
              y1={frame.y(1)}
              y2={frame.bottom}
            />
          )}
          {isFigure(at) && isFigure(chosen.sensitivity) && (
            <circle
              class="dot dot-second"
              cx={frame.x(at)}
              cy={frame.y(chosen.sensitivity)}
              r={4.5}
            />
          )}
          {isFigure(at) && isFigure(chosen.ppv) && (
            <circle class="dot" cx={frame.x(at)} cy={frame.y(chosen.ppv)} r={4.5} />
          )}
          <text
            class="direct direct-second"
            x={frame.right}
            y={frame.y(end('sensitivity')) + 20}
            text-anchor="end"
          >
            events found
          </text>
          <text
            class="direct direct-model"
            x={frame.right}
            y={frame.y(end('ppv')) - 9}
            text-anchor="end"
          >
            alerts that are right
          </text>
        </>
      )}
    </Plot>
  );
}
