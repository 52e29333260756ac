import { useState } from 'preact/hooks';
import { wordsOf } from '../api/problem';
import { post } from '../api/request';
import type { Redriven } from '../api/types';
import { Dialog } from '../parts/dialog';
import { count } from '../words/figures';

// Judges what is in quarantine once more, with the concepts and mappings of today.
export function Redrive({ onDone }: { onDone: () => void }) {
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState('');
  const [done, setDone] = useState<Redriven | null>(null);
  const run = (event: Event): void => {
    event.preventDefault();
    setBusy(true);
    setError('');
    post<Redriven>('/api/v1/data/quarantine/redrive', { reason })
      .then((result) => {
        setDone(result);
        setOpen(false);
        onDone();
      })
      .catch((fault: unknown) => setError(wordsOf(fault)))
      .finally(() => setBusy(false));
  };
  return (
    <>
      <button type="button" onClick={() => setOpen(true)}>
        Re-drive
      </button>{' '}
      <span role="status" class="quiet">
        {done && `${count(done.accepted)} accepted, ${count(done.still_refused)} still refused`}
      </span>
      {open && (
        <Dialog title="Judge the quarantine again" onClose={() => setOpen(false)}>
          <p>
            Every refused measurement is read again with the concepts and mappings of today. What is
            good now goes where it would have gone; nothing else changes.
          </p>
          <form onSubmit={run}>
            <label for="redrive-reason">Why?</label>
            <textarea
              id="redrive-reason"
              rows={2}
              required
              value={reason}
              onInput={(event) => setReason(event.currentTarget.value)}
            />
            {error && (
              <p class="field-error" role="alert">
                {error}
              </p>
            )}
            <div class="dialog-actions">
              <button type="button" onClick={() => setOpen(false)}>
                Cancel
              </button>
              <button type="submit" class="primary" disabled={busy || !reason.trim()}>
                {busy ? 'Judging …' : 'Re-drive'}
              </button>
            </div>
          </form>
        </Dialog>
      )}
    </>
  );
}
