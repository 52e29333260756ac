import type { Feature } from '../api/types';
import { unitWord } from '../words/units';
import { acceptedWords, usualWords, type Entry } from './entries';

interface Props {
  feature: Feature;
  entry: Entry | undefined;
  error: string;
  onInput: (text: string) => void;
  onLeave: () => void;
}

export const fieldId = (feature: string): string => `field-${feature}`;

// One value of the patient: usual range as placeholder, unit beside it, accepted range told to
// screen readers and on hover.
export function FeatureField({ feature, entry, error, onInput, onLeave }: Props) {
  const id = fieldId(feature.id);
  const accepted = acceptedWords(feature);
  const usual = usualWords(feature);
  const hint = [usual && `usual ${usual}`, accepted && `accepted ${accepted}`]
    .filter(Boolean)
    .join(', ');
  const shared = {
    id,
    'aria-invalid': error !== '',
    'aria-describedby': `${id}-hint${error ? ` ${id}-error` : ''}`,
    // On the way to the button nothing may move: the words of an error would push it from under a
    // click, and sending tells all errors anyway.
    onBlur: (event: FocusEvent) => {
      const to = event.relatedTarget;
      if (!(to instanceof HTMLElement && to.closest('button[type=submit]'))) onLeave();
    },
  };
  return (
    <div class={error ? 'field field-wrong' : 'field'}>
      <label for={id} title={feature.description || undefined}>
        {feature.label}
      </label>
      <span class="field-input">
        {feature.levels?.length ? (
          <select
            {...shared}
            value={entry?.text ?? ''}
            onChange={(event) => onInput(event.currentTarget.value)}
          >
            <option value="">not given</option>
            {feature.levels.map((level) => (
              <option key={level} value={level}>
                {level}
              </option>
            ))}
          </select>
        ) : (
          <>
            <input
              {...shared}
              type="text"
              inputMode="decimal"
              autoComplete="off"
              value={entry?.text ?? ''}
              placeholder={usual}
              title={hint}
              onInput={(event) => onInput(event.currentTarget.value)}
            />
            <span class="unit">{unitWord(entry?.unit ?? feature.unit)}</span>
          </>
        )}
      </span>
      <span id={`${id}-hint`} class="hidden">
        {hint}
        {feature.description ? `. ${feature.description}` : ''}
      </span>
      {error && (
        <p id={`${id}-error`} class="field-error">
          {error}
        </p>
      )}
    </div>
  );
}
