// One answer of the program, kept fresh. A failed refresh keeps what was there and tells since when
// it is old.
import { useCallback, useEffect, useState } from 'preact/hooks';
import { get, getHealth } from './request';
import { wordsOf } from './problem';

export interface Loaded<T> {
  data: T | null;
  error: string;
  at: Date | null;
  reload: () => void;
}

interface State<T> {
  path: string;
  data: T | null;
  error: string;
  at: Date | null;
}

const nothing = { data: null, error: '', at: null };

export function useLoaded<T>(path: string, everySeconds = 0): Loaded<T> {
  const [state, setState] = useState<State<T>>({ path, ...nothing });
  const [round, setRound] = useState(0);
  const reload = useCallback(() => setRound((n) => n + 1), []);

  useEffect(() => {
    const cancel = new AbortController();
    const load = path === '/health' ? getHealth<T>(cancel.signal) : get<T>(path, cancel.signal);
    load
      .then((data) => setState({ path, data, error: '', at: new Date() }))
      .catch((error: unknown) => {
        if (cancel.signal.aborted) return;
        const told = wordsOf(error);
        setState((old) =>
          old.path === path ? { ...old, error: told } : { path, ...nothing, error: told },
        );
      });
    return () => cancel.abort();
  }, [path, round]);

  useEffect(() => {
    if (everySeconds === 0) return undefined;
    const timer = setInterval(() => {
      if (!document.hidden) reload();
    }, everySeconds * 1000);
    return () => clearInterval(timer);
  }, [everySeconds, reload]);

  const current = state.path === path ? state : nothing;
  return { data: current.data, error: current.error, at: current.at, reload };
}
