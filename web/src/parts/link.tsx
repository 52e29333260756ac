import type { ComponentChildren } from 'preact';
import { goTo } from '../app/route';

interface Props {
  href: string;
  class?: string;
  current?: boolean;
  children: ComponentChildren;
}

// A link within the pages: a plain click changes the page, every other click is the browser's.
export function Link({ href, class: name, current, children }: Props) {
  const follow = (event: MouseEvent): void => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
      return;
    event.preventDefault();
    goTo(href);
  };
  return (
    <a href={href} class={name} aria-current={current ? 'page' : undefined} onClick={follow}>
      {children}
    </a>
  );
}
