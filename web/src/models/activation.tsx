import { useState } from 'preact/hooks';
import { post } from '../api/request';
import type { ModelVersion } from '../api/types';
import { ReasonDialog } from './reason_dialog';

interface Props {
  model: ModelVersion;
  onChanged: () => void;
}

const path = (task: string): string => `/api/v1/models/${encodeURIComponent(task)}`;

// What can be done with a version: put it in service, or, where it serves, put the one before it
// back.
export function Activation({ model, onChanged }: Props) {
  const [open, setOpen] = useState(false);
  const serves = model.state === 'champion';
  const close = (): void => setOpen(false);
  const run = async (reason: string): Promise<void> => {
    if (serves) await post(`${path(model.task)}/rollback`, { variant: model.variant, reason });
    else
      await post(`${path(model.task)}/${encodeURIComponent(model.version)}/activate`, { reason });
    onChanged();
  };
  return (
    <>
      <button type="button" class={serves ? '' : 'primary'} onClick={() => setOpen(true)}>
        {serves ? 'Roll back' : 'Put in service'}
      </button>
      {open && (
        <ReasonDialog
          title={
            serves
              ? `Roll ${model.task} / ${model.variant} back?`
              : `Put ${model.version} in service?`
          }
          explanation={
            serves
              ? `The version that served before ${model.version} answers again from now on; ${model.version} is retired.`
              : `From now on ${model.version} answers for ${model.task} / ${model.variant}; the version in service is retired.`
          }
          action={serves ? 'Roll back' : 'Put in service'}
          run={run}
          onClose={close}
        />
      )}
    </>
  );
}
