import type { Run, RunList } from '../api/run_types';
import type { ModelVersion } from '../api/types';
import { useLoaded } from '../api/use_loaded';
import { runPath } from '../app/route';
import { Facts } from '../parts/facts';
import { Link } from '../parts/link';
import { Section } from '../parts/section';
import { When } from '../parts/when';
import { metricFacts } from '../words/measures';
import { Ablation } from './ablation';
import { LearningCurveChart } from './learning_curve_chart';

// Of the same question, rows and learner as this version: only then does it tell about it.
function isOf(run: Run, model: ModelVersion, manifest: Record<string, unknown>): boolean {
  const same = (name: string): boolean => run.config[name] === manifest[name];
  return run.source === model.source && ['task_hash', 'source_hash', 'learner'].every(same);
}

interface Props {
  model: ModelVersion;
  manifest: Record<string, unknown>;
}

// How the same question and learner do when every patient is judged by a model that never saw it,
// what each group of inputs adds, and whether more patients would help: the newest such run of
// `codman evaluate --folds`.
export function OutOfFold({ model, manifest }: Props) {
  const { task, variant } = model;
  const query = new URLSearchParams({ task, variant, kind: 'folds', status: 'done', limit: '50' });
  const { data } = useLoaded<RunList>(`/api/v1/runs?${query.toString()}`);
  if (data === null) return null;
  const fitting = data.runs.filter((run) => isOf(run, model, manifest));
  const run = fitting.find(({ results }) => results?.ablation) ?? fitting[0];
  const command = `codman evaluate ${task} --source ${model.source} --variant ${variant} --folds 5`;
  return (
    <Section title="Out of fold" note="every patient judged by a model that never saw it">
      {run ? (
        <>
          <p>
            <Link href={runPath(run.id)}>Run {run.id}</Link>,{' '}
            {String(run.config['folds'])} folds by patient, <When iso={run.started_at} as="day" />
          </p>
          <Facts of={metricFacts(run.results?.metrics ?? {})} />
        </>
      ) : (
        <p class="quiet">
          Not measured for this declaration. <code>{command} --ablation</code>
        </p>
      )}
      {run && (
        <div class="below">
          <h3>What each group of inputs adds</h3>
          {run.results?.ablation ? (
            <Ablation parts={run.results.ablation} />
          ) : (
            <p class="quiet">
              Not measured. <code>{command} --ablation</code>
            </p>
          )}
        </div>
      )}
      {run?.results?.learning_curve && (
        <div class="below">
          <LearningCurveChart curve={run.results.learning_curve} />
        </div>
      )}
    </Section>
  );
}
