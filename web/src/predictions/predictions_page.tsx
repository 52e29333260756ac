import { useEffect, useState } from 'preact/hooks';
import { wordsOf } from '../api/problem';
import { get } from '../api/request';
import type { PastPrediction, PredictionList, Task } from '../api/types';
import { useLoaded } from '../api/use_loaded';
import { Answer } from '../parts/answer';
import { CopyButton } from '../parts/copy_button';
import { Link } from '../parts/link';
import { Page } from '../parts/page';
import { toCsv } from '../words/csv';
import { count } from '../words/figures';
import { FilterForm } from './filter_form';
import { apiPath, parseFilters, type Filters } from './filters';
import { PredictionTable } from './prediction_table';

const perPage = 50;

function csvOf(rows: PastPrediction[]): string {
  return toCsv({
    columns: ['id', 'predicted_at', 'task', 'variant', 'version', 'risk', 'band', 'alert'],
    rows: rows.map((one) => [
      one.id,
      one.predicted_at,
      one.task,
      one.variant,
      one.version,
      one.risk,
      one.band,
      one.alert ? 1 : 0,
    ]),
  });
}

// The first page is loaded with the search; older ones are added below on demand.
function Found({ filters, first }: { filters: Filters; first: PredictionList }) {
  const [rows, setRows] = useState(first.predictions);
  const [next, setNext] = useState(first.next_before ?? '');
  const [error, setError] = useState('');
  useEffect(() => {
    setRows(first.predictions);
    setNext(first.next_before ?? '');
  }, [first]);
  const older = (): void => {
    setError('');
    get<PredictionList>(apiPath(filters, perPage, next))
      .then((page) => {
        setRows([...rows, ...page.predictions]);
        setNext(page.next_before ?? '');
      })
      .catch((fault: unknown) => setError(wordsOf(fault)));
  };
  if (rows.length === 0) {
    return (
      <p class="notice">
        {Object.keys(filters).length > 0 ? (
          <>
            No prediction fits this search. <Link href="/predictions">Show all</Link>.
          </>
        ) : (
          <>
            Nothing was predicted yet. <Link href="/predict">Predict for a patient</Link>.
          </>
        )}
      </p>
    );
  }
  return (
    <>
      <p class="found" role="status">
        {count(rows.length)} shown{next ? ', there are older ones' : ', that is all'}{' '}
        <CopyButton label="Copy as CSV" text={() => csvOf(rows)} />
      </p>
      <PredictionTable label="Predictions" rows={rows} />
      {error && (
        <p class="notice bad" role="alert">
          {error}
        </p>
      )}
      {next && (
        <p class="older">
          <button type="button" onClick={older}>
            Older
          </button>
        </p>
      )}
    </>
  );
}

export function PredictionsPage({ search }: { search: string }) {
  const filters = parseFilters(search);
  const tasks = useLoaded<{ tasks: Task[] }>('/api/v1/tasks');
  const loaded = useLoaded<PredictionList>(apiPath(filters, perPage, ''));
  return (
    <Page title="Predictions" lead="Every answer that was given, as it was given.">
      <FilterForm filters={filters} tasks={tasks.data?.tasks ?? []} />
      <Answer of={loaded} rows={8}>
        {(first) => <Found filters={filters} first={first} />}
      </Answer>
    </Page>
  );
}
