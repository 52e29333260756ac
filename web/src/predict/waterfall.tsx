import type { Prediction, Schema } from '../api/types';
import { linear, type Scale } from '../charts/scale';
import { shortened, textWidth } from '../charts/text_width';
import { useWidth } from '../charts/use_width';
import { DataTable } from '../parts/data_table';
import { fixed, isFigure, percent, points } from '../words/figures';
import { stepsOf, type Step } from './waterfall_steps';

const rowHeight = 26;
const headHeight = 20;

interface RowProps {
  step: Step;
  at: number;
  x: Scale;
  labelWidth: number;
  last: boolean;
}

function Row({ step, at, x, labelWidth, last }: RowProps) {
  const total = step.kind === 'base' || step.kind === 'risk';
  const top = headHeight + at * rowHeight;
  const value = step.value ? ` ${step.value}${step.unit ? ` ${step.unit}` : ''}` : '';
  const label = shortened(step.label, labelWidth - 10 - textWidth(value));
  const left = Math.min(x(step.from), x(step.to));
  const right = Math.max(x(step.from), x(step.to));
  const tone = total ? 'total' : step.change >= 0 ? 'raising' : 'lowering';
  const text = total ? percent(step.to) : points(step.change);
  return (
    <g class={`fall-row fall-${step.kind}`}>
      <title>
        {`${step.label}${value}: ${text}${isFigure(step.margin) ? ` (margin ${fixed(step.margin, 3)})` : ''}`}
      </title>
      <rect class="fall-hit" x={0} y={top} width={x(x.high) + 64} height={rowHeight} />
      <text class="fall-label" x={0} y={top + 17}>
        {label}
        {value && <tspan class="fall-value">{value}</tspan>}
      </text>
      <rect
        class={`fall-bar fall-${tone}`}
        x={left}
        y={top + 5}
        width={Math.max(1.5, right - left)}
        height={16}
      />
      <text class="fall-change" x={right + 5} y={top + 17}>
        {text}
      </text>
      {!last && (
        <line
          class="fall-joint"
          x1={x(step.to)}
          x2={x(step.to)}
          y1={top + 21}
          y2={top + rowHeight + 5}
        />
      )}
    </g>
  );
}

function tableOf(steps: Step[]) {
  return {
    columns: [
      'reason',
      'value',
      'unit',
      'change (probability)',
      'probability after',
      'contribution (margin)',
    ],
    rows: steps.map((s) => [s.label, s.value || null, s.unit || null, s.change, s.to, s.margin]),
  };
}

// From the risk before any value is known to the risk of this patient, reason by reason, in points
// of a percent.
export function Waterfall({
  prediction,
  schema,
}: {
  prediction: Prediction;
  schema: Schema | null;
}) {
  const [box, width] = useWidth();
  const explanation = prediction.explanation;
  if (!explanation?.probability) return null;
  const limit = prediction.threshold ?? 0;
  const steps = stepsOf(explanation, schema);
  const highest = Math.max(limit, ...steps.flatMap((step) => [step.from, step.to]));
  const labelWidth = Math.min(250, Math.max(150, width * 0.46));
  const x = linear(0, highest, labelWidth, Math.max(width - 60, labelWidth + 40));
  const height = headHeight + steps.length * rowHeight + 4;
  const threshold = x(limit);
  return (
    <figure class="chart waterfall">
      <figcaption>
        <h3
          title={`${explanation.method}; changes are steps of the probability, the margin is in the tooltip`}
        >
          Reasons
        </h3>
        <p class="quiet">what each value adds to or takes from the risk, in points of a percent</p>
      </figcaption>
      <div ref={box}>
        {width > 0 && (
          <svg
            role="img"
            aria-label={`Waterfall to a risk of ${percent(prediction.risk)}; numbers in the table below`}
            width={width}
            height={height}
          >
            <line
              class="line line-reference"
              x1={threshold}
              x2={threshold}
              y1={headHeight}
              y2={height}
            />
            <text
              class="tick"
              x={threshold}
              y={12}
              text-anchor={threshold > width - 90 ? 'end' : 'middle'}
            >
              threshold {percent(limit)}
            </text>
            {steps.map((step, at) => (
              <Row
                key={at}
                step={step}
                at={at}
                x={x}
                labelWidth={labelWidth}
                last={at >= steps.length - 1}
              />
            ))}
          </svg>
        )}
      </div>
      <DataTable label="Reasons" table={tableOf(steps)} />
    </figure>
  );
}
