import { useEffect, useRef } from 'preact/hooks';
import type { Feature, Prediction } from '../api/types';
import { modelPath } from '../app/route';
import { CopyButton } from '../parts/copy_button';
import { Link } from '../parts/link';
import { When } from '../parts/when';
import { featuresOf } from './entries';
import { Headline } from './headline';
import { Waterfall } from './waterfall';
import type { Made } from './session_history';

function Missing({ ids, features }: { ids: string[]; features: Feature[] }) {
  if (ids.length === 0) return null;
  const labels = new Map(features.map((feature) => [feature.id, feature.label]));
  return (
    <details>
      <summary>
        {ids.length} of {features.length} values were not given
      </summary>
      <p class="quiet">{ids.map((id) => labels.get(id) ?? id).join(', ')}</p>
    </details>
  );
}

function Facts({ prediction }: { prediction: Prediction }) {
  const { model, id, task } = prediction;
  return (
    <p class="quiet">
      <Link href={modelPath(task, model.version)}>{model.version}</Link>, trained on{' '}
      {model.trained_on}, <When iso={prediction.predicted_at} /> · number <code>{id}</code>{' '}
      <CopyButton label="Copy answer" text={() => JSON.stringify(prediction, null, 2)} />
    </p>
  );
}

// The answer to the question asked, in one look: number, word and shape, alert or not, then why.
export function Result({ one, changed }: { one: Made; changed: boolean }) {
  const { prediction, schema } = one;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
    heading.current?.scrollIntoView({ block: 'nearest' });
  }, [prediction.id]);
  return (
    <section class="result" aria-labelledby="result-heading">
      <h2 id="result-heading" tabIndex={-1} ref={heading}>
        {schema.label}
      </h2>
      {changed && (
        <p class="notice stale" role="status">
          The form was changed since; press Predict for the new values.
        </p>
      )}
      <Headline of={prediction} />
      <Waterfall prediction={prediction} schema={schema} />
      {prediction.warnings.length > 0 && (
        <ul class="warnings">
          {prediction.warnings.map((warning) => (
            <li key={warning}>{warning}</li>
          ))}
        </ul>
      )}
      <Missing ids={prediction.missing} features={featuresOf(schema)} />
      <Facts prediction={prediction} />
    </section>
  );
}
