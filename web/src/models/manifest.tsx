function write(value: unknown): string {
  if (value === null || value === undefined) return '–';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

// The signed facts of the folder: hashes, seed, learner.
export function Manifest({ manifest }: { manifest: Record<string, unknown> }) {
  return (
    <details>
      <summary>Manifest: the signed facts of this version</summary>
      <dl class="facts">
        {Object.entries(manifest).map(([name, value]) => (
          <div key={name}>
            <dt>{name.replaceAll('_', ' ')}</dt>
            <dd>
              <code>{write(value)}</code>
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
