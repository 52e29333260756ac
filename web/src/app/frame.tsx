import type { Session, Status } from '../api/types';
import { useLoaded } from '../api/use_loaded';
import { Banner } from './banner';
import { PageOfRoute } from './page_of_route';
import { Rail } from './rail';

// What stands around every page. The status is asked once for banner and dashboard: reading it is
// audited.
export function Frame({ session }: { session: Session }) {
  const status = useLoaded<Status>('/api/v1/status', 60);
  return (
    <>
      <a class="skip" href="#content">
        To the content
      </a>
      <Rail />
      <div class="sheet">
        <Banner status={status.data} />
        <main id="content" tabIndex={-1}>
          <PageOfRoute status={status} />
        </main>
        <footer class="quiet">
          Signed in as {session.actor}
          {status.data && ` · codman ${status.data.version}`}
        </footer>
      </div>
    </>
  );
}
