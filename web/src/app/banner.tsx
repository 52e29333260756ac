import type { Status } from '../api/types';

// What must never be forgotten on any page.
export function Banner({ status }: { status: Status | null }) {
  return (
    <header class="banner">
      <p role="note">
        {status?.synthetic_only && (
          <>
            <b class="banner-mark">Synthetic data</b> No number here is about a real patient.{' '}
          </>
        )}
        Not a medical device; for research and validation.
      </p>
    </header>
  );
}
