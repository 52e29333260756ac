import { useState } from 'preact/hooks';
import { wordsOf } from '../api/problem';
import { get } from '../api/request';
import type { Replayed } from '../api/types';
import { measured, percent } from '../words/figures';

function Verdict({ of }: { of: Replayed }) {
  if (of.equal) {
    return (
      <p class="notice">
        The same model and the same inputs give the same answer: {percent(of.risk)}, margin{' '}
        {measured(of.margin)}.
      </p>
    );
  }
  return (
    <p class="notice bad">
      Computed now: {percent(of.risk)}; then: {percent(of.risk_then)}.{' '}
      {of.same_model ? 'The model is the same.' : 'The model of then is no longer as it was.'}
    </p>
  );
}

// Computes a journalled prediction again from its inputs and says whether it is the same.
export function Replay({ id }: { id: string }) {
  const [result, setResult] = useState<Replayed | null>(null);
  const [error, setError] = useState('');
  const run = (): void => {
    setError('');
    get<Replayed>(`/api/v1/predictions/${encodeURIComponent(id)}/replay`)
      .then(setResult)
      .catch((fault: unknown) => setError(wordsOf(fault)));
  };
  return (
    <div class="replay">
      <button type="button" onClick={run} title="replay: from the journalled input vector">
        Compute it again
      </button>
      <div role="status">
        {result && <Verdict of={result} />}
        {error && <p class="notice bad">{error}</p>}
      </div>
    </div>
  );
}
