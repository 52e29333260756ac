import { useState } from 'preact/hooks';
import { askRaw, type RawAnswer } from '../api/request';
import { CopyButton } from '../parts/copy_button';
import { count } from '../words/figures';
import { addressOf, curlOf, type Operation } from './openapi';

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

const longest = 20_000;

function Reply({ of }: { of: RawAnswer }) {
  const text = pretty(of.text);
  return (
    <div class="reply" role="status">
      <p>
        <b>{of.status}</b> <span class="quiet">{of.statusText}</span> · {count(of.milliseconds)} ms ·{' '}
        {count(of.text.length)} characters
      </p>
      <pre tabIndex={0} aria-label="Answer">
        {text.length > longest ? `${text.slice(0, longest)}\n…` : text}
      </pre>
      <details>
        <summary>Headers</summary>
        <pre tabIndex={0} aria-label="Headers of the answer">
          {of.headers.map(([name, value]) => `${name}: ${value}`).join('\n')}
        </pre>
      </details>
    </div>
  );
}

// Sends a real request with the session of the page.
export function TryIt({ operation }: { operation: Operation }) {
  const [values, setValues] = useState<Record<string, string>>({});
  const [body, setBody] = useState(
    operation.body ? JSON.stringify(operation.example ?? {}, null, 2) : '',
  );
  const [reply, setReply] = useState<RawAnswer | null>(null);
  const [error, setError] = useState('');
  const address = addressOf(operation, values);
  const send = (event: Event): void => {
    event.preventDefault();
    setError('');
    askRaw(operation.method, address, operation.body ? body : null)
      .then(setReply)
      .catch((fault: unknown) => setError(String(fault)));
  };
  return (
    <form class="try-it" onSubmit={send}>
      {operation.parameters.length > 0 && (
        <div class="filters">
          {operation.parameters.map((parameter) => (
            <label key={parameter.name}>
              <span title={parameter.description}>{parameter.name}</span>
              <input
                type="text"
                required={parameter.required ?? false}
                placeholder={String(parameter.schema?.default ?? '')}
                value={values[parameter.name] ?? ''}
                onInput={(event) =>
                  setValues({ ...values, [parameter.name]: event.currentTarget.value })
                }
              />
            </label>
          ))}
        </div>
      )}
      {operation.body && (
        <label class="try-body">
          <span>Body</span>
          <textarea
            class="code"
            rows={Math.min(14, body.split('\n').length + 1)}
            spellcheck={false}
            value={body}
            onInput={(event) => setBody(event.currentTarget.value)}
          />
        </label>
      )}
      <p class="filter-actions">
        <button type="submit">Send</button>
        <CopyButton
          label="Copy as curl"
          text={() => curlOf(location.origin, operation, address, body)}
        />
      </p>
      {error && (
        <p class="notice bad" role="alert">
          {error}
        </p>
      )}
      {reply && <Reply of={reply} />}
    </form>
  );
}
