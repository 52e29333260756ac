import { csrfToken, endSession } from './session';
import { Problem } from './problem';

async function send(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Problem(0, 'the program does not answer', 'is `codman serve` still running?');
  }
}

async function read<T>(response: Response): Promise<T> {
  if (response.status === 401) endSession('The session has ended.');
  if (!response.ok) throw await Problem.fromResponse(response);
  return (await response.json()) as T;
}

export async function get<T>(path: string, cancel?: AbortSignal): Promise<T> {
  const init: RequestInit = { headers: { Accept: 'application/json' } };
  if (cancel) init.signal = cancel;
  return read<T>(await send(path, init));
}

export async function post<T>(path: string, body: unknown): Promise<T> {
  const headers = { 'Content-Type': 'application/json', 'X-CSRF-Token': csrfToken() };
  return read<T>(await send(path, { method: 'POST', headers, body: JSON.stringify(body) }));
}

// /health tells its state in the status too: a degraded program answers 503 with the same body.
export async function getHealth<T>(cancel?: AbortSignal): Promise<T> {
  const response = await send('/health', cancel ? { signal: cancel } : {});
  if (!response.ok && response.status !== 503) throw await Problem.fromResponse(response);
  return (await response.json()) as T;
}

export interface RawAnswer {
  status: number;
  statusText: string;
  headers: [name: string, value: string][];
  text: string;
  milliseconds: number;
}

// For the reference page: any answer is shown as it came.
export async function askRaw(
  method: string,
  path: string,
  body: string | null,
): Promise<RawAnswer> {
  const begun = performance.now();
  const headers: Record<string, string> = { 'X-CSRF-Token': csrfToken() };
  if (body !== null) headers['Content-Type'] = 'application/json';
  const response = await send(path, { method, headers, ...(body === null ? {} : { body }) });
  const text = await response.text();
  return {
    status: response.status,
    statusText: response.statusText,
    headers: [...response.headers],
    text,
    milliseconds: performance.now() - begun,
  };
}
