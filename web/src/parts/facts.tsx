import { writeValue } from './difference_table';

// Names and values of a document, one line each.
export function Facts({ of }: { of: Record<string, unknown> }) {
  return (
    <dl class="facts">
      {Object.entries(of).map(([name, value]) => (
        <div key={name}>
          <dt>{name.replaceAll('_', ' ')}</dt>
          <dd>
            <code>{writeValue(value)}</code>
          </dd>
        </div>
      ))}
    </dl>
  );
}
