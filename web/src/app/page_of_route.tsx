import type { Status } from '../api/types';
import type { Loaded } from '../api/use_loaded';
import { DashboardPage } from '../dashboard/dashboard_page';
import { DataPage } from '../data/data_page';
import { TablePage } from '../data/table_page';
import { ModelsPage } from '../models/models_page';
import { DiffPage } from '../models/diff_page';
import { VersionPage } from '../models/version_page';
import { Link } from '../parts/link';
import { Page } from '../parts/page';
import { PredictPage } from '../predict/predict_page';
import { PredictionPage } from '../predictions/prediction_page';
import { PredictionsPage } from '../predictions/predictions_page';
import { DocsPage } from '../reference/docs_page';
import { ComparisonPage } from '../runs/comparison_page';
import { RunPage } from '../runs/run_page';
import { RunsPage } from '../runs/runs_page';
import { route } from './route';

export function PageOfRoute({ status }: { status: Loaded<Status> }) {
  const at = route.value;
  switch (at.page) {
    case 'dashboard':
      return <DashboardPage status={status} />;
    case 'predict':
      return <PredictPage task={at.task} variant={at.variant} version={at.version} />;
    case 'models':
      return <ModelsPage />;
    case 'model':
      return <VersionPage key={`${at.task}/${at.version}`} task={at.task} version={at.version} />;
    case 'diff':
      return <DiffPage key={`${at.task}/${at.a}/${at.b}`} task={at.task} a={at.a} b={at.b} />;
    case 'runs':
      return <RunsPage />;
    case 'run':
      return <RunPage key={at.id} id={at.id} />;
    case 'comparison':
      return <ComparisonPage key={`${at.a}/${at.b}`} a={at.a} b={at.b} />;
    case 'predictions':
      return <PredictionsPage search={at.search} />;
    case 'prediction':
      return <PredictionPage key={at.id} id={at.id} />;
    case 'data':
      return <DataPage />;
    case 'table':
      return <TablePage key={at.name} name={at.name} />;
    case 'docs':
      return <DocsPage />;
    case 'unknown':
      return (
        <Page title="No such page">
          <p>
            There is no page <code>{at.path}</code>. <Link href="/">Go to the dashboard</Link>.
          </p>
        </Page>
      );
  }
}
