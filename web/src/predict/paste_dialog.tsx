import { useId, useState } from 'preact/hooks';
import type { Schema } from '../api/types';
import { Dialog } from '../parts/dialog';
import { parsePasted, type Entries } from './entries';

interface Props {
  schema: Schema;
  onEntries: (entries: Entries) => void;
  onClose: () => void;
}

export function PasteDialog({ schema, onEntries, onClose }: Props) {
  const field = useId();
  const [text, setText] = useState('');
  const [errors, setErrors] = useState<string[]>([]);
  const submit = (event: Event): void => {
    event.preventDefault();
    const read = parsePasted(schema, text);
    setErrors(read.errors);
    if (read.errors.length > 0) return;
    onEntries(read.entries);
    onClose();
  };
  return (
    <Dialog title="Paste a patient" onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <label for={field}>JSON, as for the API: a whole request or its features alone</label>
        <textarea
          id={field}
          rows={10}
          class="code"
          spellcheck={false}
          placeholder={'{"heart_rate": 112, "lactate": {"value": 30, "unit": "mg/dL"}}'}
          value={text}
          aria-invalid={errors.length > 0}
          aria-describedby={`${field}-errors`}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <div id={`${field}-errors`} class="field-error" role="alert">
          {errors.map((error) => (
            <p key={error}>{error}</p>
          ))}
        </div>
        <div class="dialog-actions">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="primary">
            Fill the form
          </button>
        </div>
      </form>
    </Dialog>
  );
}
