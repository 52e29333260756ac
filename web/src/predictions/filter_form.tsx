import { useEffect, useState } from 'preact/hooks';
import type { Task } from '../api/types';
import { goTo } from '../app/route';
import { Link } from '../parts/link';
import { pagePath, type FilterName, type Filters } from './filters';

const bands = ['low', 'moderate', 'high', 'critical'];

interface Choice {
  name: FilterName;
  label: string;
  words: [value: string, word: string][];
}

function choicesFor(tasks: Task[], task: string): Choice[] {
  const variants = tasks.filter((one) => !task || one.name === task).flatMap((one) => one.variants);
  const names = [...new Set(variants.map((one) => one.name))];
  return [
    { name: 'task', label: 'Question', words: tasks.map((one) => [one.name, one.label]) },
    { name: 'variant', label: 'Variant', words: names.map((name) => [name, name]) },
    { name: 'band', label: 'Band', words: bands.map((band) => [band, band]) },
    {
      name: 'alert',
      label: 'Alert',
      words: [
        ['true', 'with alert'],
        ['false', 'without'],
      ],
    },
  ];
}

const texts: { name: FilterName; label: string; hint: string; pattern?: string }[] = [
  { name: 'version', label: 'Model version', hint: 'process-1' },
  { name: 'id', label: 'Number begins with', hint: '3f9a', pattern: '[0-9a-f]{1,32}' },
];

const days: { name: FilterName; label: string }[] = [
  { name: 'from', label: 'From' },
  { name: 'until', label: 'Until' },
];

// The search: nothing happens before the button, so that a half-written word searches for nothing.
export function FilterForm({ filters, tasks }: { filters: Filters; tasks: Task[] }) {
  const [draft, setDraft] = useState<Filters>(filters);
  useEffect(() => setDraft(filters), [pagePath(filters)]);
  const set = (name: FilterName, value: string): void => setDraft({ ...draft, [name]: value });
  const search = (event: Event): void => {
    event.preventDefault();
    goTo(pagePath(draft));
  };
  return (
    <form class="filters" role="search" aria-label="Search predictions" onSubmit={search}>
      {choicesFor(tasks, draft.task ?? '').map(({ name, label, words }) => (
        <label key={name}>
          <span>{label}</span>
          <select value={draft[name] ?? ''} onChange={(e) => set(name, e.currentTarget.value)}>
            <option value="">any</option>
            {words.map(([value, word]) => (
              <option key={value} value={value}>
                {word}
              </option>
            ))}
          </select>
        </label>
      ))}
      {texts.map(({ name, label, hint, pattern }) => (
        <label key={name}>
          <span>{label}</span>
          <input
            type="text"
            value={draft[name] ?? ''}
            placeholder={hint}
            {...(pattern ? { pattern, title: 'digits and the letters a to f' } : {})}
            onInput={(e) => set(name, e.currentTarget.value)}
          />
        </label>
      ))}
      {days.map(({ name, label }) => (
        <label key={name}>
          <span>{label}</span>
          <input
            type="date"
            value={draft[name] ?? ''}
            onInput={(e) => set(name, e.currentTarget.value)}
          />
        </label>
      ))}
      <div class="filter-actions">
        <button type="submit" class="primary">
          Search
        </button>
        <Link href="/predictions">Clear</Link>
      </div>
    </form>
  );
}
