// The frame of every chart: axes with round ticks, a light grid, and whatever is drawn between
// them.
import type { ComponentChildren } from 'preact';
import { linear, ticks, type Scale } from './scale';
import { useWidth } from './use_width';

export interface Axis {
  label: string;
  low: number;
  high: number;
  write: (value: number) => string;
}

export interface Frame {
  x: Scale;
  y: Scale;
  right: number;
  bottom: number;
}

interface Props {
  label: string;
  x: Axis;
  y: Axis;
  height?: number;
  children: (frame: Frame) => ComponentChildren;
}

const margin = { left: 48, right: 22, top: 22, bottom: 40 };

export function Plot({ label, x, y, height = 260, children }: Props) {
  const [box, width] = useWidth();
  const right = Math.max(width - margin.right, margin.left + 1);
  const bottom = height - margin.bottom;
  const xs = linear(x.low, x.high, margin.left, right);
  const ys = linear(y.low, y.high, bottom, margin.top);
  const xTicks = ticks(x.low, x.high, Math.max(2, Math.floor((right - margin.left) / 70)));
  return (
    <div ref={box} class="plot">
      {width > 0 && (
        <svg role="img" aria-label={label} width={width} height={height}>
          {ticks(y.low, y.high, 5).map((value) => (
            <g key={value}>
              <line class="grid" x1={margin.left} x2={right} y1={ys(value)} y2={ys(value)} />
              <text class="tick" x={margin.left - 6} y={ys(value) + 4} text-anchor="end">
                {y.write(value)}
              </text>
            </g>
          ))}
          {xTicks.map((value) => (
            <g key={value}>
              <line class="axis" x1={xs(value)} x2={xs(value)} y1={bottom} y2={bottom + 4} />
              <text class="tick" x={xs(value)} y={bottom + 17} text-anchor="middle">
                {x.write(value)}
              </text>
            </g>
          ))}
          <line class="axis" x1={margin.left} x2={right} y1={bottom} y2={bottom} />
          <text class="axis-label" x={right} y={height - 6} text-anchor="end">
            {x.label}
          </text>
          <text class="axis-label" x={2} y={12}>
            {y.label}
          </text>
          {children({ x: xs, y: ys, right, bottom })}
        </svg>
      )}
    </div>
  );
}
