import { useState } from 'preact/hooks';
import type { Approvals } from '../api/report_types';
import { post } from '../api/request';
import type { ModelVersion } from '../api/types';
import { changesFor, type Change } from './changes';
import { ReasonDialog } from './reason_dialog';

interface Props {
  model: ModelVersion;
  approvals: Approvals;
  onChanged: () => void;
}

function send(model: ModelVersion, change: Change, reason: string): Promise<unknown> {
  const task = `/api/v1/models/${encodeURIComponent(model.task)}`;
  if (change.name === 'rollback') {
    return post(`${task}/rollback`, { variant: model.variant, reason });
  }
  return post(`${task}/${encodeURIComponent(model.version)}/${change.name}`, { reason });
}

// What can be done with a version, each with a reason.
export function ChangeButtons({ model, approvals, onChanged }: Props) {
  const [open, setOpen] = useState<Change | null>(null);
  const changes = changesFor(model, approvals.given.length, approvals.needed);
  const run = async (reason: string): Promise<void> => {
    if (open === null) return;
    await send(model, open, reason);
    onChanged();
  };
  return (
    <>
      {changes.map((change, at) => (
        <button
          key={change.name}
          type="button"
          class={at === 0 && change.name !== 'rollback' ? 'primary' : ''}
          onClick={() => setOpen(change)}
        >
          {change.button}
        </button>
      ))}
      {open && (
        <ReasonDialog
          title={open.title}
          explanation={open.explanation}
          action={open.button}
          run={run}
          onClose={() => setOpen(null)}
        />
      )}
    </>
  );
}
