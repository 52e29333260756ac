import { session } from '../api/session';
import { Skeleton } from '../parts/skeleton';
import { Banner } from './banner';
import { PageOfRoute } from './page_of_route';
import { Rail } from './rail';
import { SignInPage } from './sign_in_page';

export function App() {
  const now = session.value;
  if (now.kind === 'asking') return <Skeleton rows={3} />;
  if (now.kind === 'out') return <SignInPage reason={now.reason} />;
  return (
    <>
      <a class="skip" href="#content">
        To the content
      </a>
      <Rail />
      <div class="sheet">
        <Banner />
        <main id="content" tabIndex={-1}>
          <PageOfRoute />
        </main>
        <footer class="quiet">Signed in as {now.session.actor}</footer>
      </div>
    </>
  );
}
