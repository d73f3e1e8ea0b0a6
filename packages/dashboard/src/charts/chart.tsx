/** One chart over time, by uPlot, drawn in the page's colours; all charts share one cursor. */
import { useComputed, useSignal, useSignalEffect } from '@preact/signals';
import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { History } from '../api/history.ts';
import { history, tick } from '../api/live.ts';
import { clock } from '../format.ts';
import { cssColour, dark } from '../theme.ts';

export interface Series {
  readonly key: Exclude<keyof History, 'at'>;
  readonly label: string;
  /** Name of a custom property of the style sheet. */
  readonly colour: string;
  readonly fill?: boolean;
}

export interface ChartProps {
  readonly title: string;
  readonly series: readonly Series[];
  readonly format: (value: number) => string;
  /** The top of the scale at least: so that near nothing looks like near nothing. */
  readonly atLeast?: number;
  readonly atMost?: number;
  /** Seconds that are shown. */
  readonly seconds?: number;
}

const HEIGHT = 150;
const sync = uPlot.sync('time');

function faint(colour: string, share: number): string {
  return colour.replace(/^rgb\((.*)\)$/, `rgba($1, ${share})`);
}

function optionsOf(
  props: ChartProps,
  width: number,
  onCursor: (index: number | null) => void,
): uPlot.Options {
  const { series, format, atLeast = 1, atMost } = props;
  const font = `11px ${getComputedStyle(document.body).getPropertyValue('--mono')}`;
  const axis: uPlot.Axis = {
    stroke: cssColour('--dim'),
    font,
    grid: { stroke: cssColour('--line'), width: 1 },
    ticks: { show: false },
  };
  return {
    width,
    height: HEIGHT,
    padding: [8, 8, 0, 0],
    legend: { show: false },
    cursor: { y: false, sync: { key: sync.key }, points: { size: 6 }, drag: { x: false, y: false } },
    scales: {
      x: { time: true },
      y: {
        range: (_plot, _low, high) => [
          0,
          Math.min(atMost ?? Number.POSITIVE_INFINITY, Math.max(atLeast, (high ?? 0) * 1.1)),
        ],
      },
    },
    axes: [
      {
        ...axis,
        size: 26,
        space: 70,
        values: (_plot, ticks) => ticks.map((at) => clock(at * 1000).slice(0, 5)),
        incrs: [60, 120, 300, 600, 900],
      },
      { ...axis, size: 56, space: 34, values: (_plot, ticks) => ticks.map((value) => format(value)) },
    ],
    series: [
      {},
      ...series.map(({ label, colour, fill }): uPlot.Series => {
        const stroke = cssColour(colour);
        return {
          label,
          stroke,
          width: 1.5,
          points: { show: false },
          spanGaps: false,
          ...(fill === true ? { fill: faint(stroke, 0.13) } : {}),
        };
      }),
    ],
    hooks: { setCursor: [(plot) => onCursor(plot.cursor.idx ?? null)] },
  };
}

export function Chart(props: ChartProps): VNode {
  const { title, series, format, seconds = 900 } = props;
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const width = useSignal(0);
  const seen = useSignal(true);
  const at = useSignal<number | null>(null);
  const data = (): uPlot.AlignedData => [
    history.current.at,
    ...series.map(({ key }) => history.current[key]),
  ];

  useEffect(() => {
    const element = place.current as HTMLDivElement;
    const sizes = new ResizeObserver(() => {
      width.value = element.clientWidth;
    });
    sizes.observe(element);
    // What nobody sees is not drawn.
    const sight = new IntersectionObserver(([entry]) => {
      seen.value = entry?.isIntersecting ?? true;
    });
    sight.observe(element);
    return () => {
      sizes.disconnect();
      sight.disconnect();
      plot.current?.destroy();
    };
  }, []);

  useSignalEffect(() => {
    dark.value;
    if (width.value === 0) return;
    plot.current?.destroy();
    const made = new uPlot(
      optionsOf(props, width.value, (index) => {
        at.value = index;
      }),
      data(),
      place.current as HTMLDivElement,
    );
    plot.current = made;
    show(made, seconds);
  });

  useSignalEffect(() => {
    tick.value;
    if (!seen.value || plot.current === undefined) return;
    plot.current.batch(() => {
      plot.current!.setData(data(), false);
      show(plot.current!, seconds);
    });
  });

  const values = useComputed(() => {
    tick.value;
    const { current } = history;
    const index = at.value ?? current.at.length - 1;
    return {
      time: at.value === null ? undefined : current.at[index],
      values: series.map(({ key }) => current[key][index] ?? null),
    };
  });
  const words = (value: number | null): string => (value === null ? '-' : format(value));
  return (
    <figure class="chart">
      <figcaption>
        <h3>{title}</h3>
        <span class="keys">
          {series.map(({ label, colour }, i) => (
            <span key={label}>
              <i style={{ background: `var(${colour})` }} />
              {series.length > 1 ? `${label} ` : ''}
              <b>{words(values.value.values[i] ?? null)}</b>
            </span>
          ))}
          {values.value.time === undefined ? null : <time>{clock(values.value.time * 1000)}</time>}
        </span>
      </figcaption>
      <div class="plot" ref={place} aria-hidden="true" />
    </figure>
  );
}

/** The newest `seconds`; fewer points than that stand at the right, as they will. */
function show(plot: uPlot, seconds: number): void {
  const last = history.current.at.at(-1) ?? Date.now() / 1000;
  const first = history.current.at[0] ?? last;
  plot.setScale('x', { min: Math.max(last - seconds, Math.min(first, last - 120)), max: last });
}
