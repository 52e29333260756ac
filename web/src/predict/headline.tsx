import type { Prediction } from '../api/types';
import { BandMark } from '../parts/band';
import { Quantity } from '../parts/quantity';
import { Table, type Column } from '../parts/table';
import { count, isFigure, measured, percent } from '../words/figures';

// The answer in a few words: "3.1 %", "12,400 USD", "MCI 61 %".
export function headlineWords(of: Prediction): string {
  if (isFigure(of.value)) return `${count(of.value)} ${of.unit ?? ''}`.trim();
  const led = of.classes?.find((one) => one.class === of.class);
  return led ? `${led.class} ${percent(led.risk)}` : percent(of.risk);
}

function aheadWords(hours: number): string {
  return hours < 72 ? `${measured(hours)} h` : `${measured(hours / 24)} days`;
}

const classColumns: Column<{ class: string; risk: number }>[] = [
  { head: 'Stage', cell: (one) => one.class },
  { head: 'Probability', number: true, cell: (one) => percent(one.risk) },
];

// What the model answers: a risk with its band and threshold, an amount with its interval, or the
// probability of each class.
export function Headline({ of }: { of: Prediction }) {
  return (
    <>
      <p class="result-risk">
        <span
          class="result-number"
          title={isFigure(of.margin) ? `margin ${measured(of.margin)}` : undefined}
        >
          {isFigure(of.value) ? (
            <Quantity value={count(of.value)} unit={of.unit ?? ''} />
          ) : (
            headlineWords(of)
          )}
        </span>
        {of.band && <BandMark band={of.band} />}
      </p>
      {isFigure(of.threshold) && (
        <p>
          {of.alert ? <b>Alert: at or above</b> : 'No alert: below'} the threshold of{' '}
          {percent(of.threshold)}. Looks {aheadWords(of.horizon_hours)} ahead.
        </p>
      )}
      {of.interval && (
        <p>
          {percent(of.interval.coverage)} of such patients lie between {count(of.interval.lower)} and{' '}
          {count(of.interval.upper)} {of.unit}.
        </p>
      )}
      {of.classes && (
        <Table
          label="Probability of each class"
          columns={classColumns}
          rows={of.classes}
          keyOf={(one) => one.class}
          chosen={(one) => one.class === of.class}
        />
      )}
    </>
  );
}
