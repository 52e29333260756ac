import type { ModelVersion, Schema, Task } from '../api/types';
import { useLoaded } from '../api/use_loaded';
import { modelPath, tryPath } from '../app/route';
import { Answer } from '../parts/answer';
import { Link } from '../parts/link';
import { StateMark } from '../parts/state_mark';
import { PatientForm } from './patient_form';
import { QuestionChoice } from './question_choice';

interface Props {
  tasks: Task[];
  task: Task;
  version: string;
}

// The form of one version that is not in service: for trying it, never for care.
export function Trial({ tasks, task, version }: Props) {
  const path = `/api/v1/models/${encodeURIComponent(task.name)}/${encodeURIComponent(version)}/form`;
  const schema = useLoaded<Schema>(path);
  return (
    <>
      <QuestionChoice tasks={tasks} task={task} variant="" tried={version} />
      <p class="notice warn trial">
        <Link href={modelPath(task.name, version)}>{version}</Link> is tried here and need not be in
        service. Its answers are kept as trials, apart from those of the model in service.
      </p>
      <Answer of={schema} rows={10}>
        {(data) => <PatientForm key={path} schema={data} version={version} />}
      </Answer>
    </>
  );
}

// Of a question that no model in service answers: the versions that can be tried.
export function Waiting({ task }: { task: Task }) {
  const path = `/api/v1/models?task=${encodeURIComponent(task.name)}`;
  const loaded = useLoaded<{ models: ModelVersion[] }>(path);
  return (
    <Answer of={loaded} rows={2}>
      {({ models }) =>
        models.length === 0 ? (
          <p class="notice">
            No model answers this question yet. Train one:{' '}
            <code>codman train {task.name} --activate --reason …</code>
          </p>
        ) : (
          <div class="notice">
            <p>No model for this question is in service. These can be tried:</p>
            <ul class="plain">
              {models.map((model) => (
                <li key={model.version}>
                  <Link href={tryPath(task.name, model.version)}>{model.version}</Link>{' '}
                  <StateMark state={model.state} />{' '}
                  <span class="quiet">
                    trained on {model.source}
                    {model.fixture && ', made-up rows for tests'}
                  </span>
                </li>
              ))}
            </ul>
          </div>
        )
      }
    </Answer>
  );
}
