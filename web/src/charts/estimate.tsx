// A figure with its interval: a dot, and a whisker where both ends are known.
import type { ComponentChildren } from 'preact';
import { isFigure } from '../words/figures';
import type { Frame } from './plot';

interface Props {
  frame: Frame;
  x: number;
  y: number;
  low: number | null | undefined;
  high: number | null | undefined;
  second?: boolean; // of two series, the other
  children?: ComponentChildren; // its title
}

export function Estimate({ frame, x, y, low, high, second, children }: Props) {
  const cx = frame.x(x);
  return (
    <g>
      {isFigure(low) && isFigure(high) && (
        <line
          class={second ? 'whisker whisker-second' : 'whisker'}
          x1={cx}
          x2={cx}
          y1={frame.y(low)}
          y2={frame.y(Math.min(high, frame.y.high))}
        />
      )}
      <circle class={second ? 'dot dot-second' : 'dot'} cx={cx} cy={frame.y(y)} r={4}>
        {children}
      </circle>
    </g>
  );
}
