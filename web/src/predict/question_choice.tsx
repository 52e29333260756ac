import { goTo, predictPath } from '../app/route';
import type { Task } from '../api/types';

interface Props {
  tasks: Task[];
  task: Task;
  variant: string;
  tried?: string; // a version that is tried instead
}

// Which question is asked, and which variant of its model answers.
export function QuestionChoice({ tasks, task, variant, tried = '' }: Props) {
  const chosen = task.variants.find((one) => one.name === variant);
  return (
    <div class="question">
      {tasks.length > 1 && (
        <span>
          <label for="question">Question</label>
          <select
            id="question"
            value={task.name}
            onChange={(event) => goTo(predictPath(event.currentTarget.value))}
          >
            {tasks.map((one) => (
              <option key={one.name} value={one.name}>
                {one.label}
              </option>
            ))}
          </select>
        </span>
      )}
      <span>
        <label for="variant">Model uses</label>
        <select
          id="variant"
          value={variant}
          onChange={(event) => goTo(predictPath(task.name, event.currentTarget.value))}
        >
          {variant === '' && <option value="">{tried ? `${tried} (tried)` : 'none in service'}</option>}
          {task.variants.map((one) => (
            <option key={one.name} value={one.name} disabled={!one.ready}>
              {one.name}
              {one.name === task.live ? ' (default)' : ''}
              {one.ready ? '' : ' (not trained)'}
            </option>
          ))}
        </select>
      </span>
      {chosen && <span class="quiet question-note">{chosen.description}</span>}
    </div>
  );
}
