// The form's state and its moves: fill, type, leave a field, send.
import { useState } from 'preact/hooks';
import { Problem, wordsOf, type FieldError } from '../api/problem';
import { post } from '../api/request';
import type { Feature, Prediction, Schema } from '../api/types';
import { errorOf, fieldOf, readForm, type Entries, type ReadForm } from './entries';
import { remember, type Made } from './session_history';

const byField = (errors: FieldError[]): Record<string, string> =>
  Object.fromEntries(errors.map(({ field, message }) => [field, message]));

function errorsOf(problem: unknown): FieldError[] {
  if (problem instanceof Problem && problem.fields.length > 0) {
    return problem.fields.map(({ field, message }) => ({ field: fieldOf(field), message }));
  }
  return [{ field: '', message: wordsOf(problem) }];
}

// `version`: one that waits and is tried; '' where the one in service answers.
function ask(schema: Schema, version: string, features: ReadForm['features']): Promise<Prediction> {
  const task = encodeURIComponent(schema.name);
  if (version === '') {
    const path = `/api/v1/predict/${task}?explain=top10`;
    return post<Prediction>(path, { variant: schema.variant, features });
  }
  const path = `/api/v1/models/${task}/${encodeURIComponent(version)}/try?explain=top10`;
  return post<Prediction>(path, { features });
}

export function usePredictForm(schema: Schema, version: string) {
  const [entries, setEntries] = useState<Entries>({});
  const [from, setFrom] = useState('typed');
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [summary, setSummary] = useState<FieldError[]>([]);
  const [busy, setBusy] = useState(false);
  const [shown, setShown] = useState<Made | null>(null);

  const fill = (next: Entries, name: string): void => {
    setEntries(next);
    setFrom(name);
    setErrors(byField(readForm(schema, next).errors.filter(({ field }) => field !== '')));
    setSummary([]);
  };

  const type = (feature: Feature, text: string): void => {
    setEntries((old) => ({ ...old, [feature.id]: { text } }));
    setFrom((name) => (name === 'typed' || name.endsWith(', changed') ? name : `${name}, changed`));
    if (errors[feature.id])
      setErrors((old) => ({ ...old, [feature.id]: errorOf(feature, { text }) }));
  };

  const leave = (feature: Feature): void => {
    const message = errorOf(feature, entries[feature.id]);
    setErrors((old) => (message || !old[feature.id] ? { ...old, [feature.id]: message } : old));
  };

  const send = async (): Promise<void> => {
    const read = readForm(schema, entries);
    setErrors(byField(read.errors));
    setSummary(read.errors);
    if (read.errors.length > 0) return;
    setBusy(true);
    try {
      const prediction = await ask(schema, version, read.features);
      const one = { prediction, schema, entries, from };
      remember(one);
      setShown(one);
    } catch (problem) {
      const told = errorsOf(problem);
      setErrors(byField(told));
      setSummary(told);
    }
    setBusy(false);
  };

  const show = (one: Made): void => {
    fill(one.entries, one.from);
    setShown(one);
  };

  return { entries, errors, summary, busy, shown, fill, type, leave, send, show };
}
