import { useComputed } from '@preact/signals';
import type { VNode } from 'preact';
import type { History } from '../api/history.ts';
import { history, tick } from '../api/live.ts';

const WIDTH = 120;
const HEIGHT = 22;
const POINTS = 90;

/** The last minute and a half of one figure, without axes; for the eye only. */
export function Spark({
  of,
  most,
}: {
  readonly of: Exclude<keyof History, 'at'>;
  readonly most?: number;
}): VNode {
  const path = useComputed(() => {
    tick.value;
    const values = history.current[of].slice(-POINTS).map((value) => value ?? 0);
    const top = most ?? Math.max(1, ...values);
    // Small changes show, but noise does not look like a storm.
    const bottom = most === undefined ? Math.min(top, ...values) * 0.75 : 0;
    const step = WIDTH / (POINTS - 1);
    const left = WIDTH - (values.length - 1) * step;
    return values
      .map(
        (value, i) =>
          `${(left + i * step).toFixed(1)},${(HEIGHT - 1 - ((value - bottom) / (top - bottom || 1)) * (HEIGHT - 2)).toFixed(1)}`,
      )
      .join(' ');
  });
  return (
    <svg class="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      <polyline points={path.value} />
    </svg>
  );
}
