import type { Run } from '../api/run_types';
import { modelPath, runPath } from '../app/route';
import { Link } from '../parts/link';
import { Table, type Column } from '../parts/table';
import { When } from '../parts/when';
import { fixed } from '../words/figures';
import { durationWords } from '../words/times';

// How long it took, or nothing while it runs.
export function Took({ run }: { run: Run }) {
  if (run.ended_at === null) return <>–</>;
  return <>{durationWords(Date.parse(run.ended_at) - Date.parse(run.started_at))}</>;
}

export function Outcome({ run }: { run: Run }) {
  if (run.version) return <Link href={modelPath(run.task, run.version)}>{run.version}</Link>;
  return <>{run.error?.split('\n')[0] ?? 'not ended yet'}</>;
}

const columns: Column<Run>[] = [
  { head: 'Run', names: true, cell: (run) => <Link href={runPath(run.id)}>{run.id}</Link> },
  {
    head: 'Question',
    cell: (run) => (
      <>
        {run.task} <span class="quiet">/ {run.variant}</span>
      </>
    ),
  },
  { head: 'Trained on', cell: (run) => run.source },
  { head: 'State', cell: (run) => <span class={`run run-${run.status}`}>{run.status}</span> },
  { head: 'Started', cell: (run) => <When iso={run.started_at} /> },
  { head: 'Took', number: true, cell: (run) => <Took run={run} /> },
  {
    head: 'AUROC',
    title: 'area under the ROC curve',
    number: true,
    cell: (run) => fixed(run.results?.metrics?.auroc, 3),
  },
  {
    head: 'AUPRC',
    title: 'area under the precision-recall curve',
    number: true,
    cell: (run) => fixed(run.results?.metrics?.auprc, 3),
  },
  { head: 'Result', wide: true, cell: (run) => <Outcome run={run} /> },
];

export function RunTable({ label, runs }: { label: string; runs: Run[] }) {
  return <Table label={label} columns={columns} rows={runs} keyOf={(run) => String(run.id)} />;
}
