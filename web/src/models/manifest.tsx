import { Facts } from '../parts/facts';

// The signed facts of the folder: hashes, seed, learner.
export function Manifest({ manifest }: { manifest: Record<string, unknown> }) {
  return (
    <details>
      <summary>Manifest: the signed facts of this version</summary>
      <Facts of={manifest} />
    </details>
  );
}
