import type { Status } from '../api/types';
import { useLoaded } from '../api/use_loaded';

// What must never be forgotten on any page.
export function Banner() {
  const status = useLoaded<Status>('/api/v1/status', 60);
  return (
    <p class="banner" role="note">
      {status.data?.synthetic_only && (
        <>
          <b class="banner-mark">Synthetic data</b> No number here is about a real patient.{' '}
        </>
      )}
      Not a medical device; for research and validation.
    </p>
  );
}
