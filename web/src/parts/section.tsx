import type { ComponentChildren } from 'preact';

interface Props {
  title: string;
  note?: ComponentChildren;
  class?: string;
  children: ComponentChildren;
}

export function Section({ title, note, class: name, children }: Props) {
  return (
    <section class={name ? `section ${name}` : 'section'}>
      <div class="section-head">
        <h2>{title}</h2>
        {note && <p class="quiet">{note}</p>}
      </div>
      {children}
    </section>
  );
}
