import type { SimulationResult } from './simulate.ts';

const BARS = ' ▁▂▃▄▅▆▇█';

/** Nodes and utilisation over time in two lines, for a terminal. */
export function sparkline({ series }: SimulationResult, width = 72): string {
  const most = Math.max(1, ...series.map(([, nodes]) => nodes));
  const line = (value: (sample: readonly [number, number, number]) => number): string =>
    Array.from({ length: Math.min(width, series.length) }, (_, i) => {
      const sample = series[Math.floor((i * series.length) / Math.min(width, series.length))];
      return BARS[sample === undefined ? 0 : Math.round(Math.min(1, value(sample)) * 8)];
    }).join('');
  return `nodes ${line(([, nodes]) => nodes / most)} up to ${most}\nbusy  ${line(([, , busy]) => busy)}`;
}

/** The same as a picture: nodes as a line, utilisation as an area. */
export function svg({ series }: SimulationResult): string {
  const [width, height] = [800, 240];
  const end = Math.max(1, series.at(-1)?.[0] ?? 1);
  const most = Math.max(1, ...series.map(([, nodes]) => nodes));
  const points = (value: (sample: readonly [number, number, number]) => number): string =>
    series
      .map(
        (sample) => `${((sample[0] / end) * width).toFixed(1)},${(height * (1 - value(sample))).toFixed(1)}`,
      )
      .join(' ');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>nodes (line, up to ${most}) and utilisation (area) over ${end.toFixed(0)} s</title>`,
    `<polygon fill="#9ecae1" points="0,${height} ${points(([, , busy]) => busy)} ${width},${height}"/>`,
    `<polyline fill="none" stroke="#d94801" stroke-width="2" points="${points(([, nodes]) => nodes / most)}"/>`,
    '</svg>\n',
  ].join('\n');
}
