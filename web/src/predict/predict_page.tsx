import type { Schema, Task } from '../api/types';
import { useLoaded } from '../api/use_loaded';
import { Answer } from '../parts/answer';
import { Page } from '../parts/page';
import { PatientForm } from './patient_form';
import { QuestionChoice } from './question_choice';
import { Trial, Waiting } from './trial';

interface Props {
  task: string;
  variant: string;
  version: string; // one that is not in service and is tried; '' for those that are
}

function variantOf(task: Task, asked: string): string {
  const ready = task.variants.filter((one) => one.ready);
  const wish =
    ready.find((one) => one.name === asked) ?? ready.find((one) => one.name === task.live);
  return (wish ?? ready[0])?.name ?? '';
}

function TaskForm({ task, variant }: { task: Task; variant: string }) {
  const path = `/api/v1/tasks/${encodeURIComponent(task.name)}?variant=${encodeURIComponent(variant)}`;
  const schema = useLoaded<Schema>(path);
  return (
    <Answer of={schema} rows={10}>
      {(data) => <PatientForm key={path} schema={data} />}
    </Answer>
  );
}

export function PredictPage({ task: asked, variant, version }: Props) {
  const loaded = useLoaded<{ tasks: Task[] }>('/api/v1/tasks');
  const tasks = loaded.data?.tasks ?? [];
  // Without a wish, the first question that a model answers.
  const answered = tasks.find((one) => one.variants.some((each) => each.ready));
  const task = asked ? tasks.find((one) => one.name === asked) : (answered ?? tasks[0]);
  const name = task ? variantOf(task, variant) : '';
  return (
    <Page title="Predict" lead={task?.question}>
      <Answer of={loaded} rows={10}>
        {() => {
          if (!task) {
            return (
              <p class="notice">
                {asked ? `There is no question '${asked}'.` : 'No question is declared.'}
              </p>
            );
          }
          if (version) return <Trial key={version} tasks={tasks} task={task} version={version} />;
          if (!name) {
            return (
              <>
                <QuestionChoice tasks={tasks} task={task} variant="" />
                <Waiting task={task} />
              </>
            );
          }
          return (
            <>
              <QuestionChoice tasks={tasks} task={task} variant={name} />
              <TaskForm task={task} variant={name} />
            </>
          );
        }}
      </Answer>
    </Page>
  );
}
