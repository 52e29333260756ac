import type { Search } from '../api/report_types';
import { count, fixed, isFigure } from '../words/figures';
import { writeValue } from './difference_table';
import { Section } from './section';
import { Table, type Column } from './table';

type Tried = Search['tried'][number];

const settingsWords = (settings: Tried['settings']): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name.replaceAll('_', ' ')} ${writeValue(value)}`)
    .join(', ');

const columnsOf = (search: Search): Column<Tried>[] => [
  { head: 'Settings', names: true, cell: (one) => settingsWords(one.settings) },
  {
    head: search.measure.replaceAll('_', ' '),
    title: 'mean over the inner folds; the least is taken',
    number: true,
    cell: (one) => (isFigure(one.loss) && one.loss >= 100 ? count(one.loss) : fixed(one.loss, 5)),
  },
  { head: 'Taken', cell: (one) => (one.chosen ? '● taken' : '') },
];

// What a search of settings tried, in inner folds of the patients that the model learns from.
export function SearchTries({ searches }: { searches: Search[] | undefined }) {
  if (!searches?.length) return null;
  return (
    <Section title="Settings search" note="no patient that calibrates or judges is looked at">
      {searches.map((search) => (
        <div key={search.of} class="below">
          <p class="quiet">
            {count(search.tried.length)} of {count(search.grid_size)} settings, {search.folds} inner
            folds of {count(search.patients)} {search.of}
          </p>
          <Table
            label={`Settings tried, ${search.of}`}
            columns={columnsOf(search)}
            rows={search.tried}
            keyOf={(one) => settingsWords(one.settings)}
          />
        </div>
      ))}
    </Section>
  );
}
