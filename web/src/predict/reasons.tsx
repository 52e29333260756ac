import type { Prediction, Schema } from '../api/types';
import { Table, type Column } from '../parts/table';
import { fixed, measured } from '../words/figures';
import { unitWord } from '../words/units';
import { featuresOf } from './entries';
import { Waterfall } from './waterfall';

interface Reason {
  feature: string;
  label: string;
  value: string;
  contribution: number;
}

const columns: Column<Reason>[] = [
  { head: 'Reason', cell: (one) => one.label },
  { head: 'Value', cell: (one) => one.value },
  { head: 'Adds', number: true, cell: (one) => fixed(one.contribution, 2) },
];

function valueWords(value: number | string | null, unit: string): string {
  if (value === null) return 'not given';
  if (typeof value === 'string') return value;
  return `${measured(value)} ${unitWord(unit)}`.trim();
}

// Why: the waterfall of a risk, else what each value adds to the amount or to the class's score.
export function Reasons({ prediction, schema }: { prediction: Prediction; schema: Schema | null }) {
  const explanation = prediction.explanation;
  if (!explanation) return null;
  if (explanation.probability) return <Waterfall prediction={prediction} schema={schema} />;
  const labels = new Map(schema ? featuresOf(schema).map((f) => [f.id, f.label]) : []);
  const rows = explanation.contributions.map((one) => ({
    feature: one.feature,
    label: labels.get(one.feature) ?? one.feature.replaceAll('_', ' '),
    value: valueWords(one.value, one.unit),
    contribution: one.contribution,
  }));
  const of = prediction.class ? `the score of ${prediction.class}` : (prediction.unit ?? 'amount');
  return (
    <figure>
      <figcaption>
        <h3 title={explanation.method}>Reasons</h3>
        <p class="quiet">
          what each value adds, in {of}; {measured(explanation.base)} before any value is known
        </p>
      </figcaption>
      <Table label="Reasons" columns={columns} rows={rows} keyOf={(one) => one.feature} />
    </figure>
  );
}
