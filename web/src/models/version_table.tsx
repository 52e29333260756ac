import { modelPath } from '../app/route';
import type { ModelVersion } from '../api/types';
import { Link } from '../parts/link';
import { StateMark } from '../parts/state_mark';
import { Table, type Column } from '../parts/table';
import { When } from '../parts/when';
import { fixed } from '../words/figures';
import { headlineMetric, headlineTerm } from '../words/headline_metric';

interface Props {
  label: string;
  models: ModelVersion[];
  withTask?: boolean;
}

const columns: Column<ModelVersion>[] = [
  { head: 'State', cell: (model) => <StateMark state={model.state} /> },
  {
    head: 'Trained on',
    cell: (model) => (
      <>
        {model.source}
        {model.synthetic && model.source !== 'synthetic' && <span class="quiet"> (synthetic)</span>}
        {model.fixture && <span class="quiet"> (fixture)</span>}
      </>
    ),
  },
  { head: 'Made', cell: (model) => <When iso={model.created_at} as="day" /> },
  {
    head: 'AUROC',
    title: headlineTerm,
    number: true,
    cell: (model) => headlineMetric(model.metrics),
  },
  {
    head: 'AUPRC',
    title: 'area under the precision-recall curve',
    number: true,
    cell: (model) => fixed(model.metrics?.auprc, 3),
  },
  {
    head: 'Utility',
    title: 'PhysioNet 2019 normalised utility',
    number: true,
    cell: (model) => fixed(model.metrics?.utility, 3),
  },
  {
    head: 'Calibration slope',
    title: '1 is right',
    number: true,
    cell: (model) => fixed(model.metrics?.calibration_slope, 2),
  },
];

function named(withTask: boolean): Column<ModelVersion> {
  return {
    head: 'Version',
    names: true,
    cell: (model) => (
      <>
        {withTask && <span class="quiet">{model.label ?? model.task} </span>}
        <Link href={modelPath(model.task, model.version)}>{model.version}</Link>
      </>
    ),
  };
}

export function VersionTable({ label, models, withTask = false }: Props) {
  return (
    <Table
      label={label}
      columns={[named(withTask), ...columns]}
      rows={models}
      keyOf={(model) => `${model.task}/${model.version}`}
    />
  );
}
