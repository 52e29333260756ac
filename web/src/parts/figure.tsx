import type { ComponentChildren } from 'preact';

interface Props {
  label: string;
  term?: string;
  value: ComponentChildren;
  note?: ComponentChildren;
}

// One number of a row of numbers: what it is, the number, and what narrows it.
export function Figure({ label, term, value, note }: Props) {
  return (
    <div class="figure">
      <dt title={term}>{label}</dt>
      <dd>
        <span class="figure-value">{value}</span>
        {note && <span class="figure-note">{note}</span>}
      </dd>
    </div>
  );
}
