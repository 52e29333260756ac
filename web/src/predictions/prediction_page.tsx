import type { Prediction, Schema } from '../api/types';
import { useLoaded } from '../api/use_loaded';
import { modelPath } from '../app/route';
import { Answer } from '../parts/answer';
import { BandMark } from '../parts/band';
import { CopyButton } from '../parts/copy_button';
import { Figure } from '../parts/figure';
import { Link } from '../parts/link';
import { Page } from '../parts/page';
import { Section } from '../parts/section';
import { When } from '../parts/when';
import { headlineWords } from '../predict/headline';
import { Waterfall } from '../predict/waterfall';
import { isFigure, measured, percent } from '../words/figures';
import { Replay } from './replay';

function Facts({ of }: { of: Prediction }) {
  return (
    <dl class="figures headline">
      <Figure
        label="Answer"
        term={isFigure(of.margin) ? `margin ${measured(of.margin)}` : undefined}
        value={headlineWords(of)}
        note={of.band && <BandMark band={of.band} />}
      />
      {isFigure(of.threshold) && (
        <Figure
          label="Alert"
          value={of.alert ? 'yes' : 'no'}
          note={`threshold ${percent(of.threshold)}`}
        />
      )}
      <Figure
        label="Looks ahead"
        value={`${measured(of.horizon_hours)} h`}
        note={`variant ${of.variant}`}
      />
      <Figure
        label="Model"
        value={<Link href={modelPath(of.task, of.model.version)}>{of.model.version}</Link>}
        note={`trained on ${of.model.trained_on}`}
      />
    </dl>
  );
}

function Shown({ of }: { of: Prediction }) {
  const schema = useLoaded<Schema>(
    `/api/v1/models/${encodeURIComponent(of.task)}/${encodeURIComponent(of.model.version)}/form`,
  );
  return (
    <>
      <Facts of={of} />
      <p class="quiet">
        <When iso={of.predicted_at} /> · number <code>{of.id}</code>{' '}
        <CopyButton label="Copy answer" text={() => JSON.stringify(of, null, 2)} />
      </p>
      <Section title="Why">
        {of.explanation ? (
          <Waterfall prediction={of} schema={schema.data} />
        ) : (
          <p class="notice">Reasons were not asked for.</p>
        )}
      </Section>
      {of.warnings.length > 0 && (
        <ul class="warnings">
          {of.warnings.map((warning) => (
            <li key={warning}>{warning}</li>
          ))}
        </ul>
      )}
      {of.missing.length > 0 && (
        <details>
          <summary>{of.missing.length} values were not given</summary>
          <p class="quiet">{of.missing.join(', ')}</p>
        </details>
      )}
      <Section title="Does it still hold?">
        <Replay id={of.id} />
      </Section>
    </>
  );
}

export function PredictionPage({ id }: { id: string }) {
  const loaded = useLoaded<Prediction>(`/api/v1/predictions/${encodeURIComponent(id)}`);
  return (
    <Page
      title="Prediction"
      lead={loaded.data ? loaded.data.task : undefined}
      actions={<Link href="/predictions">All predictions</Link>}
    >
      <Answer of={loaded} rows={8}>
        {(of) => <Shown of={of} />}
      </Answer>
    </Page>
  );
}
