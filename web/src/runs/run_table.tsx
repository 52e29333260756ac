import type { Run } from '../api/run_types';
import { modelPath, runPath } from '../app/route';
import { Link } from '../parts/link';
import { Table, type Column } from '../parts/table';
import { When } from '../parts/when';
import { headlineMetric, headlineTerm } from '../words/headline_metric';
import { durationWords } from '../words/times';

// What a run was for.
export function purposeWords({ kind, config }: Run): string {
  if (kind === 'folds') return `${String(config['folds'])} folds`;
  return kind === 'transfer' ? 'other site' : 'training';
}

// How long it took, or nothing while it runs.
export function Took({ run }: { run: Run }) {
  if (run.ended_at === null) return <>–</>;
  return <>{durationWords(Date.parse(run.ended_at) - Date.parse(run.started_at))}</>;
}

export function Outcome({ run }: { run: Run }) {
  if (run.version) return <Link href={modelPath(run.task, run.version)}>{run.version}</Link>;
  if (run.error) return <>{run.error.split('\n')[0]}</>;
  return <>{run.status === 'done' ? '–' : 'not ended yet'}</>;
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
  { head: 'For', title: 'to train, to judge out of fold or at another site', cell: (run) => purposeWords(run) },
  { head: 'Rows of', cell: (run) => run.source },
  { head: 'State', cell: (run) => <span class={`run run-${run.status}`}>{run.status}</span> },
  { head: 'Started', cell: (run) => <When iso={run.started_at} /> },
  { head: 'Took', number: true, cell: (run) => <Took run={run} /> },
  {
    head: 'AUROC',
    title: headlineTerm,
    number: true,
    cell: (run) => headlineMetric(run.results?.metrics),
  },
  {
    head: 'Look',
    title: 'the how-manieth run that judged on the same held-out patients',
    number: true,
    cell: (run) => run.held_out_look ?? '–',
  },
  { head: 'Result', wide: true, cell: (run) => <Outcome run={run} /> },
];

export function RunTable({ label, runs }: { label: string; runs: Run[] }) {
  return <Table label={label} columns={columns} rows={runs} keyOf={(run) => String(run.id)} />;
}
