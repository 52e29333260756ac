import { session } from '../api/session';
import { Skeleton } from '../parts/skeleton';
import { Frame } from './frame';
import { SignInPage } from './sign_in_page';

export function App() {
  const now = session.value;
  if (now.kind === 'asking') return <Skeleton rows={3} />;
  if (now.kind === 'out') return <SignInPage reason={now.reason} />;
  return <Frame session={now.session} />;
}
