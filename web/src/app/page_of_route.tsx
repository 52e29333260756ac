import type { Status } from '../api/types';
import type { Loaded } from '../api/use_loaded';
import { DashboardPage } from '../dashboard/dashboard_page';
import { ModelsPage } from '../models/models_page';
import { VersionPage } from '../models/version_page';
import { Link } from '../parts/link';
import { Page } from '../parts/page';
import { PredictPage } from '../predict/predict_page';
import { route } from './route';

export function PageOfRoute({ status }: { status: Loaded<Status> }) {
  const at = route.value;
  switch (at.page) {
    case 'dashboard':
      return <DashboardPage status={status} />;
    case 'predict':
      return <PredictPage task={at.task} variant={at.variant} />;
    case 'models':
      return <ModelsPage />;
    case 'model':
      return <VersionPage key={`${at.task}/${at.version}`} task={at.task} version={at.version} />;
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
