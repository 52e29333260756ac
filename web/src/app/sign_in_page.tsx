import { useEffect } from 'preact/hooks';

export function SignInPage({ reason }: { reason: string }) {
  useEffect(() => {
    document.title = 'Sign in · Codman';
  }, []);
  return (
    <main class="sign-in">
      <h1>Sign in</h1>
      {reason && (
        <p class="notice" role="alert">
          {reason}
        </p>
      )}
      <p>
        Run <code>codman serve</code> and open the link it prints. The link works once.
      </p>
      <p class="quiet">Not a medical device; for research and validation.</p>
    </main>
  );
}
