import type { Run } from '../api/run_types';
import { useLoaded } from '../api/use_loaded';
import { Answer } from '../parts/answer';
import { Ablation } from '../models/ablation';
import { LearningCurveChart } from '../models/learning_curve_chart';
import { Facts } from '../parts/facts';
import { Page } from '../parts/page';
import { SearchTries } from '../parts/search_tries';
import { Section } from '../parts/section';
import { When } from '../parts/when';
import { isFigure, ordinal } from '../words/figures';
import { metricFacts } from '../words/measures';
import { Repeats } from './repeats';
import { Outcome, purposeWords, Took } from './run_table';

function Lead({ run }: { run: Run }) {
  return (
    <>
      {run.task} / {run.variant} on {run.source} · {purposeWords(run)} · {run.status} · started by {run.actor},{' '}
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
          const { metrics, parameters, search, ablation, learning_curve, repeated, ...counts } =
            run.results ?? {};
          return (
            <>
              {run.error ? (
                <pre class="notice bad">{run.error}</pre>
              ) : (
                run.version && (
                  <p>
                    Result: <Outcome run={run} />
                  </p>
                )
              )}
              {metrics && (
                <Section title="Metrics" note="on patients the model never saw">
                  <Facts of={{ ...metricFacts(metrics), ...counts }} />
                  {isFigure(run.held_out_look) && (
                    <p class="quiet below">
                      The {ordinal(run.held_out_look)} look at these held-out patients.
                    </p>
                  )}
                </Section>
              )}
              {ablation && (
                <Section title="What each group of inputs adds">
                  <Ablation parts={ablation} />
                </Section>
              )}
              {learning_curve && (
                <Section title="Would more patients help?">
                  <LearningCurveChart curve={learning_curve} />
                </Section>
              )}
              <Repeats of={repeated} />
              <SearchTries searches={search} />
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
