import type { Band } from '../api/types';

const shapes: Record<Band, string> = {
  low: 'M6 1.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9z',
  moderate: 'M6 .8 11.2 6 6 11.2.8 6z',
  high: 'M6 1 11.5 10.8H.5z',
  critical: 'M3.7.8h4.6l2.9 2.9v4.6l-2.9 2.9H3.7L.8 8.3V3.7z',
};

// A risk band, told by word and shape; the colour only adds.
export function BandMark({ band }: { band: Band }) {
  return (
    <span class={`band band-${band}`}>
      <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
        <path d={shapes[band] ?? shapes.low} />
      </svg>
      {band}
    </span>
  );
}
