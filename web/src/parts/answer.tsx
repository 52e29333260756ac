import type { ComponentChildren } from 'preact';
import type { Loaded } from '../api/use_loaded';
import { clockWords } from '../words/times';
import { Skeleton } from './skeleton';

interface Props<T> {
  of: Loaded<T>;
  rows?: number;
  children: (data: T) => ComponentChildren;
}

// The four states of anything that is loaded: loading, failed, there, and there but old.
export function Answer<T>({ of, rows = 3, children }: Props<T>) {
  if (of.data === null && of.error) {
    return (
      <div class="notice bad" role="alert">
        <p>This could not be loaded. {of.error}</p>
        <button type="button" onClick={of.reload}>
          Try again
        </button>
      </div>
    );
  }
  if (of.data === null) return <Skeleton rows={rows} />;
  return (
    <>
      {of.error && of.at && (
        <p class="notice stale" role="status">
          As of {clockWords(of.at)}; since then: {of.error}
        </p>
      )}
      {children(of.data)}
    </>
  );
}
