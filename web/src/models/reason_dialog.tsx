import { useId, useState } from 'preact/hooks';
import { wordsOf } from '../api/problem';
import { Dialog } from '../parts/dialog';

interface Props {
  title: string;
  explanation: string;
  action: string;
  run: (reason: string) => Promise<void>;
  onClose: () => void;
}

// A change of what serves patients: told plainly, and only with a reason, which is kept in the
// history.
export function ReasonDialog({ title, explanation, action, run, onClose }: Props) {
  const field = useId();
  const [reason, setReason] = useState('');
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);

  const submit = (event: Event): void => {
    event.preventDefault();
    if (reason.trim() === '') {
      setError('Give a reason; it is kept in the history.');
      document.getElementById(field)?.focus();
      return;
    }
    setBusy(true);
    run(reason.trim())
      .then(onClose)
      .catch((problem: unknown) => {
        setError(wordsOf(problem));
        setBusy(false);
      });
  };

  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <p>{explanation}</p>
        <label for={field}>Reason</label>
        <textarea
          id={field}
          rows={3}
          maxLength={500}
          required
          value={reason}
          aria-invalid={error !== ''}
          aria-describedby={`${field}-error`}
          onInput={(event) => setReason(event.currentTarget.value)}
        />
        <p id={`${field}-error`} class="field-error" role="alert">
          {error}
        </p>
        <div class="dialog-actions">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="primary" disabled={busy}>
            {busy ? 'Working' : action}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
