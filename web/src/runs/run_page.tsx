import type { Run } from '../api/run_types';
import { useLoaded } from '../api/use_loaded';
import { Answer } from '../parts/answer';
import { Facts } from '../parts/facts';
import { Page } from '../parts/page';
import { Section } from '../parts/section';
import { When } from '../parts/when';
import { Outcome, Took } from './run_table';

function Lead({ run }: { run: Run }) {
  return (
    <>
      {run.task} / {run.variant} on {run.source} · {run.status} · started by {run.actor},{' '}
      <When iso={run.started_at} /> · took <Took run={run} />
    </>
  );
}

// One run: what was asked and how it ended.
export function RunPage({ id }: { id: string }) {
  const loaded = useLoaded<Run>(`/api/v1/runs/${encodeURIComponent(id)}`);
  return (
    <Page title={`Run ${id}`} lead={loaded.data && <Lead run={loaded.data} />}>
      <Answer of={loaded} rows={8}>
        {(run) => {
          const { metrics, parameters, ...counts } = run.results ?? {};
          return (
            <>
              {run.error ? (
                <pre class="notice bad">{run.error}</pre>
              ) : (
                <p>
                  Result: <Outcome run={run} />
                </p>
              )}
              {metrics && (
                <Section title="Metrics" note="on patients the model never saw">
                  <Facts of={{ ...metrics, ...counts }} />
                </Section>
              )}
              <Section title="Asked for">
                <Facts of={run.config} />
              </Section>
              {parameters && (
                <Section title="Parameters" note="as the learner tells them">
                  <Facts of={parameters} />
                </Section>
              )}
            </>
          );
        }}
      </Answer>
    </Page>
  );
}
