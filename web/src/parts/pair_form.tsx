import { useState } from 'preact/hooks';
import { goTo } from '../app/route';

interface Props {
  label: string;
  choices: [value: string, word: string][];
  hrefOf: (a: string, b: string) => string;
}

// Chooses two of a list to compare; the list's second is what came before its first.
export function PairForm({ label, choices, hrefOf }: Props) {
  const [a, setA] = useState(choices[1]?.[0] ?? '');
  const [b, setB] = useState(choices[0]?.[0] ?? '');
  if (choices.length < 2) return null;
  const compare = (event: Event): void => {
    event.preventDefault();
    goTo(hrefOf(a, b));
  };
  const field = (name: string, value: string, set: (value: string) => void) => (
    <label>
      <span>{name}</span>
      <select value={value} onChange={(event) => set(event.currentTarget.value)}>
        {choices.map(([one, word]) => (
          <option key={one} value={one}>
            {word}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <form class="filters" aria-label={label} onSubmit={compare}>
      {field('Compare', a, setA)}
      {field('with', b, setB)}
      <div class="filter-actions">
        <button type="submit">Compare</button>
      </div>
    </form>
  );
}
