import { useState } from 'preact/hooks';
import type { LiveModels } from '../api/run_types';
import { useLoaded } from '../api/use_loaded';
import { Answer } from '../parts/answer';
import { When } from '../parts/when';

function Found({ task, at }: { task: string; at: string }) {
  const query = new URLSearchParams({ at }).toString();
  const loaded = useLoaded<LiveModels>(`/api/v1/models/${encodeURIComponent(task)}/live?${query}`);
  return (
    <Answer of={loaded} rows={1}>
      {({ live }) =>
        live.length === 0 ? (
          <p role="status">No model was in service then.</p>
        ) : (
          <ul class="plain" role="status">
            {live.map((move) => (
              <li key={move.variant}>
                <b>{move.version}</b>, put in service by {move.actor} on <When iso={move.at} />:{' '}
                {move.reason}
              </li>
            ))}
          </ul>
        )
      }
    </Answer>
  );
}

// "Which version was live at 14:05 on that day, who put it there, why?"
export function LiveThen({ task }: { task: string }) {
  const [at, setAt] = useState('');
  const instant = at && new Date(at).toISOString();
  return (
    <>
      <form class="filters" aria-label={`What served ${task} at a time`}>
        <label>
          <span>What served at</span>
          <input
            type="datetime-local"
            value={at}
            onInput={(event) => setAt(event.currentTarget.value)}
          />
        </label>
      </form>
      {instant && <Found task={task} at={instant} />}
    </>
  );
}
