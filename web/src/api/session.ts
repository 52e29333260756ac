// Who is signed in. The cookie is HttpOnly; the page only knows the name and the token that proves
// its own requests.
import { signal } from '@preact/signals';
import type { Session } from './types';
import { Problem, wordsOf } from './problem';

export type SessionState =
  { kind: 'asking' } | { kind: 'in'; session: Session } | { kind: 'out'; reason: string };

export const session = signal<SessionState>({ kind: 'asking' });

export function csrfToken(): string {
  return session.value.kind === 'in' ? session.value.session.csrf : '';
}

export function endSession(reason: string): void {
  session.value = { kind: 'out', reason };
}

// The one-time code of a sign-in link, taken out of the address bar so that it is neither kept nor
// copied on.
function takeCode(): string {
  const match = /^#code=([\w.~-]+)$/.exec(location.hash);
  if (match === null) return '';
  history.replaceState(null, '', location.pathname + location.search);
  return match[1] ?? '';
}

async function fetchSession(code: string): Promise<Session> {
  const response = code
    ? await fetch('/api/v1/session', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ code }),
      })
    : await fetch('/api/v1/session');
  if (!response.ok) throw await Problem.fromResponse(response);
  return (await response.json()) as Session;
}

export async function startSession(): Promise<void> {
  const code = takeCode();
  try {
    session.value = { kind: 'in', session: await fetchSession(code) };
  } catch (error) {
    const refused = error instanceof Problem && error.status === 401;
    if (!refused) endSession(`The program did not open a session (${wordsOf(error)}).`);
    else endSession(code ? 'This sign-in link was used already or is too old.' : '');
  }
}
