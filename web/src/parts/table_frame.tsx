import type { ComponentChildren } from 'preact';

// A table that scrolls within itself on a narrow screen, reachable with the keyboard.
export function TableFrame({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <div class="table-frame" role="region" aria-label={label} tabIndex={0}>
      <table>{children}</table>
    </div>
  );
}
