import { useState } from 'preact/hooks';
import type { Run, RunList } from '../api/run_types';
import { useLoaded } from '../api/use_loaded';
import { comparisonPath } from '../app/route';
import { Answer } from '../parts/answer';
import { Page } from '../parts/page';
import { PairForm } from '../parts/pair_form';
import { count } from '../words/figures';
import { RunTable } from './run_table';

const perPage = 50;

const wordOf = (run: Run): [string, string] => [
  String(run.id),
  `${run.id}: ${run.task} / ${run.variant}`,
];

export function RunsPage() {
  const [offset, setOffset] = useState(0);
  const loaded = useLoaded<RunList>(`/api/v1/runs?limit=${perPage}&offset=${offset}`, 30);
  return (
    <Page title="Runs" lead="Every training and every judging out of fold, also those that failed.">
      <Answer of={loaded} rows={6}>
        {({ total, runs }) =>
          total === 0 ? (
            <p class="notice">
              Nothing was trained yet. Train on the command line: <code>codman train sepsis</code>
            </p>
          ) : (
            <>
              <PairForm
                key={offset}
                label="Compare runs"
                choices={runs.filter(({ status }) => status === 'done').map(wordOf)}
                hrefOf={(a, b) => comparisonPath(Number(a), Number(b))}
              />
              <p class="found" role="status">
                {count(offset + 1)} to {count(offset + runs.length)} of {count(total)}
              </p>
              <RunTable label="Runs" runs={runs} />
              <p class="older">
                {offset > 0 && (
                  <button type="button" onClick={() => setOffset(offset - perPage)}>
                    Newer
                  </button>
                )}{' '}
                {offset + runs.length < total && (
                  <button type="button" onClick={() => setOffset(offset + perPage)}>
                    Older
                  </button>
                )}
              </p>
            </>
          )
        }
      </Answer>
    </Page>
  );
}
