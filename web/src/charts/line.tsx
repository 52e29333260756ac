import type { Frame } from './plot';

// Of several series, in this order: at most as many, told apart by their names too.
export const tones = ['model', 'second', 'third', 'fourth', 'fifth', 'sixth'] as const;
export type Tone = (typeof tones)[number] | 'reference';

export interface Point {
  x: number;
  y: number;
}

// Segments that leave the frame are cut at its edge, not squeezed onto it.
export function linePath(points: Point[], { x, y }: Frame): string {
  const inside = (p: Point): boolean =>
    p.y >= y.low && p.y <= y.high && p.x >= x.low && p.x <= x.high;
  const place = (p: Point): string => `${x(p.x).toFixed(1)},${y(p.y).toFixed(1)}`;
  const edge = (a: Point, b: Point): Point => {
    const within = inside(a) ? a : b;
    const beyond = within === a ? b : a;
    let share = 1;
    for (const [from, to, low, high] of [
      [within.x, beyond.x, x.low, x.high],
      [within.y, beyond.y, y.low, y.high],
    ] as const) {
      if (to > high) share = Math.min(share, (high - from) / (to - from));
      if (to < low) share = Math.min(share, (low - from) / (to - from));
    }
    return {
      x: within.x + share * (beyond.x - within.x),
      y: within.y + share * (beyond.y - within.y),
    };
  };
  let path = '';
  points.forEach((p, at) => {
    const last = points[at - 1];
    if (last === undefined) path += inside(p) ? `M${place(p)}` : '';
    else if (inside(last)) path += `L${place(inside(p) ? p : edge(last, p))}`;
    else if (inside(p)) path += `M${place(edge(last, p))}L${place(p)}`;
  });
  return path;
}

export function Line({ points, tone, frame }: { points: Point[]; tone: Tone; frame: Frame }) {
  return <path class={`line line-${tone}`} d={linePath(points, frame)} />;
}
