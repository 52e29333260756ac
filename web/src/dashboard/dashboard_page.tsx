import { useEffect } from 'preact/hooks';
import type { Status } from '../api/types';
import type { Loaded } from '../api/use_loaded';
import { Tables } from '../data/tables';
import { Answer } from '../parts/answer';
import { Link } from '../parts/link';
import { Page } from '../parts/page';
import { Section } from '../parts/section';
import { VersionTable } from '../models/version_table';
import { Overview } from './overview';
import { RecentPredictions } from './recent_predictions';
import { Services } from './services';

const freshSeconds = 5;

export function DashboardPage({ status }: { status: Loaded<Status> }) {
  // Coming back to this page shows the present, not the last minute.
  useEffect(() => {
    if (status.at && Date.now() - status.at.getTime() > freshSeconds * 1000) status.reload();
  }, []);
  return (
    <Page title="Dashboard" lead="What the program holds, what answers, and how it is doing.">
      <Answer of={status} rows={6}>
        {(data) => {
          const live = data.models.filter((model) => model.state === 'champion');
          return (
            <>
              <Overview status={data} />
              <Section title="Models in service" note="measured on patients the model never saw">
                {live.length > 0 ? (
                  <VersionTable label="Models in service" models={live} withTask />
                ) : (
                  <p class="notice">
                    No model is in service. Train one:{' '}
                    <code>codman train sepsis --activate --reason …</code>, or put a candidate in
                    service on its page.
                  </p>
                )}
              </Section>
              <RecentPredictions />
              <div class="pair">
                <Section title="Tables" note={<Link href="/data">quality, quarantine, lineage</Link>}>
                  <Tables tables={data.tables} />
                </Section>
                <Services />
              </div>
            </>
          );
        }}
      </Answer>
    </Page>
  );
}
