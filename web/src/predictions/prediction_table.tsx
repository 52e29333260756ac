import type { PastPrediction } from '../api/types';
import { modelPath, predictionPath } from '../app/route';
import { BandMark } from '../parts/band';
import { Link } from '../parts/link';
import { Table, type Column } from '../parts/table';
import { When } from '../parts/when';
import { count, percent } from '../words/figures';

const columns: Column<PastPrediction>[] = [
  {
    head: 'When',
    names: true,
    cell: (one) => (
      <Link href={predictionPath(one.id)}>
        <When iso={one.predicted_at} />
      </Link>
    ),
  },
  {
    head: 'Question',
    cell: (one) => (
      <>
        {one.task} <span class="quiet">/ {one.variant}</span>
      </>
    ),
  },
  {
    head: 'Answer',
    number: true,
    title: 'the risk, or the amount of a question that asks for one',
    cell: (one) => <b>{one.risk > 1 ? count(one.risk) : percent(one.risk)}</b>,
  },
  { head: 'Band', cell: (one) => (one.band ? <BandMark band={one.band} /> : '–') },
  {
    head: 'Alert',
    cell: (one) =>
      one.alert === null ? '–' : one.alert ? 'alert' : <span class="quiet">no alert</span>,
  },
  {
    head: 'Model',
    cell: (one) => <Link href={modelPath(one.task, one.version)}>{one.version}</Link>,
  },
  {
    head: 'Number',
    title: 'the beginning of the number under which the prediction is kept',
    cell: (one) => <code title={one.id}>{one.id.slice(0, 8)}</code>,
  },
];

export function PredictionTable({ label, rows }: { label: string; rows: PastPrediction[] }) {
  return <Table label={label} columns={columns} rows={rows} keyOf={(one) => one.id} />;
}
