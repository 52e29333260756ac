import type { Prediction, Schema } from '../api/types';
import { linear, type Scale } from '../charts/scale';
import { shortened, textWidth } from '../charts/text_width';
import { useWidth } from '../charts/use_width';
import { DataTable } from '../parts/data_table';
import { fixed, isFigure, percent } from '../words/figures';
import { answerWords, type AnswerWords } from './answer_words';
import { stepsOf, type Step } from './waterfall_steps';

const rowHeight = 26;
const headHeight = 20;

interface RowProps {
  step: Step;
  at: number;
  x: Scale;
  labelWidth: number;
  words: AnswerWords;
  last: boolean;
  beyond: number; // what the last bar's number must stand right of
}

function Row({ step, at, x, labelWidth, words, last, beyond }: RowProps) {
  const total = step.kind === 'base' || step.kind === 'answer';
  const top = headHeight + at * rowHeight;
  const value = step.value ? ` ${step.value}${step.unit ? ` ${step.unit}` : ''}` : '';
  const label = shortened(step.label, labelWidth - 10 - textWidth(value));
  const left = Math.min(x(step.from), x(step.to));
  const right = Math.max(x(step.from), x(step.to));
  const tone = total ? 'total' : step.change >= 0 ? 'raising' : 'lowering';
  const text = total ? words.total(step.to) : words.change(step.change);
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
      <text class="fall-change" x={(last ? Math.max(right, beyond) : right) + 5} y={top + 17}>
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

function tableOf(steps: Step[], { of }: AnswerWords) {
  return {
    columns: ['reason', 'value', 'unit', `change (${of})`, `${of} after`, 'contribution (margin)'],
    rows: steps.map((s) => [s.label, s.value || null, s.unit || null, s.change, s.to, s.margin]),
  };
}

interface ThresholdProps {
  at: number;
  limit: number;
  width: number;
  height: number;
}

function Threshold({ at, limit, width, height }: ThresholdProps) {
  return (
    <>
      <line class="line line-reference" x1={at} x2={at} y1={headHeight} y2={height} />
      <text class="tick" x={at} y={12} text-anchor={at > width - 90 ? 'end' : 'middle'}>
        threshold {percent(limit)}
      </text>
    </>
  );
}

// The interval of an amount, as a whisker on its last bar.
function Interval({ of, x, top }: { of: Prediction; x: Scale; top: number }) {
  if (!of.interval) return null;
  return (
    <line
      class="fall-interval"
      x1={x(of.interval.lower)}
      x2={x(of.interval.upper)}
      y1={top + 13}
      y2={top + 13}
    />
  );
}

// From the answer before any value is known to the one for this patient, reason by reason.
export function Waterfall({
  prediction,
  schema,
}: {
  prediction: Prediction;
  schema: Schema | null;
}) {
  const [box, width] = useWidth();
  const explanation = prediction.explanation;
  if (!explanation) return null;
  const limit = isFigure(prediction.threshold) ? prediction.threshold : null;
  const steps = stepsOf(prediction, schema);
  const words = answerWords(prediction);
  const ends = steps.flatMap((step) => [step.from, step.to]);
  const highest = Math.max(0, limit ?? 0, prediction.interval?.upper ?? 0, ...ends);
  const labelWidth = Math.min(250, Math.max(150, width * 0.46));
  const room = 16 + textWidth(words.total(highest));
  const x = linear(Math.min(0, ...ends), highest, labelWidth, Math.max(width - room, labelWidth + 40));
  const height = headHeight + steps.length * rowHeight + 4;
  return (
    <figure class="chart waterfall">
      <figcaption>
        <h3 title={`${explanation.method}; the margin is in the tooltip`}>Reasons</h3>
        <p class="quiet">{words.caption}</p>
      </figcaption>
      <div ref={box}>
        {width > 0 && (
          <svg
            role="img"
            aria-label={`Waterfall to ${words.name}; numbers in the table below`}
            width={width}
            height={height}
          >
            {limit !== null && <Threshold at={x(limit)} limit={limit} {...{ width, height }} />}
            {steps.map((step, at) => (
              <Row
                key={at}
                step={step}
                at={at}
                x={x}
                labelWidth={labelWidth}
                words={words}
                last={at >= steps.length - 1}
                beyond={x(prediction.interval?.upper ?? 0)}
              />
            ))}
            <Interval of={prediction} x={x} top={headHeight + (steps.length - 1) * rowHeight} />
          </svg>
        )}
      </div>
      <DataTable label="Reasons" table={tableOf(steps, words)} />
    </figure>
  );
}
