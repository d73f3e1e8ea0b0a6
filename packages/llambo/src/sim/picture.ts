import { quantile } from './recorder.ts';
import type { Summary } from './report.ts';
import type { SimulationResult } from './types.ts';

const BARS = ' ▁▂▃▄▅▆▇█';

interface Curve {
  readonly label: string;
  readonly unit: string;
  readonly values: readonly number[];
}

/** What is drawn of a run, in so many equal spans of time. */
function curvesOf(result: SimulationResult, spans: number): Curve[] {
  const { series, ended, sojourn } = result;
  const end = Math.max(1e-9, series.at(-1)?.at ?? result.seconds);
  const buckets = Array.from({ length: spans }, (): (typeof series)[number][] => []);
  for (const sample of series)
    buckets[Math.min(spans - 1, Math.floor((sample.at / end) * spans))]?.push(sample);
  const latencies = Array.from({ length: spans }, (): number[] => []);
  for (let i = 0; i < ended.length; i++) {
    latencies[Math.min(spans - 1, Math.floor(((ended[i] as number) / end) * spans))]?.push(
      sojourn[i] as number,
    );
  }
  const sorted = latencies.map((each) => Float64Array.from(each).sort());
  const mean = (value: (sample: (typeof series)[number]) => number): number[] => {
    let last = 0;
    return buckets.map((bucket) => {
      if (bucket.length > 0) last = bucket.reduce((sum, each) => sum + value(each), 0) / bucket.length;
      return last;
    });
  };
  const latency = (share: number): number[] => sorted.map((each) => quantile(each, share));
  return [
    { label: 'nodes', unit: '', values: mean(({ nodes }) => nodes) },
    { label: 'busy', unit: '%', values: mean(({ busy }) => busy * 100) },
    { label: 'tok/s', unit: '', values: mean(({ tokensPerSecond }) => tokensPerSecond) },
    { label: 'queue', unit: '', values: mean(({ waiting }) => waiting) },
    { label: 'p50', unit: 's', values: latency(0.5) },
    { label: 'p95', unit: 's', values: latency(0.95) },
    { label: 'p99', unit: 's', values: latency(0.99) },
  ];
}

const short = (value: number): string =>
  value >= 100 || Number.isInteger(value) ? value.toFixed(0) : value.toPrecision(2);

/** A run in seven lines, for a terminal. */
export function sparkline(result: SimulationResult, width = 72): string {
  return curvesOf(result, width)
    .map(({ label, unit, values }) => {
      const most = Math.max(...values);
      const bars = values.map((value) => BARS[most > 0 ? Math.ceil((value / most) * 8) : 0]).join('');
      return `${label.padEnd(6)}${bars} up to ${short(most)}${unit}`;
    })
    .join('\n');
}

const WIDTH = 760;
const PANEL = 110;
const LEFT = 60;
const TOP = 40;
const COLOURS = ['#2b6cb0', '#dd6b20', '#c53030'];

const escapeText = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

const frame = (height: number, title: string, body: readonly string[]): string =>
  [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH + LEFT + 20} ${height}" role="img" font-family="sans-serif" font-size="12">`,
    `<title>${escapeText(title)}</title>`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    `<text x="${LEFT}" y="24" font-size="15" font-weight="bold">${escapeText(title)}</text>`,
    ...body,
    '</svg>\n',
  ].join('\n');

/** A run over time: nodes, utilization, throughput, queue and latency, one above the other. */
export function svg(result: SimulationResult, title = 'simulated run'): string {
  const curves = curvesOf(result, 190);
  const [nodes, busy, tokens, queue, ...latencies] = curves as [Curve, Curve, Curve, Curve, ...Curve[]];
  const panels: readonly (readonly [string, readonly Curve[]])[] = [
    ['nodes', [nodes]],
    ['busy %', [busy]],
    ['tokens/s', [tokens]],
    ['waiting', [queue]],
    ['latency s', latencies],
  ];
  const body: string[] = [];
  panels.forEach(([name, lines], row) => {
    const top = TOP + row * (PANEL + 24);
    const most = Math.max(1e-9, ...lines.flatMap(({ values }) => values));
    body.push(
      `<rect x="${LEFT}" y="${top}" width="${WIDTH}" height="${PANEL}" fill="#f7fafc" stroke="#cbd5e0"/>`,
      `<text x="${LEFT - 6}" y="${top + 12}" text-anchor="end">${short(most)}</text>`,
      `<text x="${LEFT - 6}" y="${top + PANEL}" text-anchor="end">0</text>`,
      `<text x="${LEFT - 6}" y="${top + PANEL / 2}" text-anchor="end" fill="#4a5568">${name}</text>`,
    );
    lines.forEach(({ label, values }, i) => {
      const points = values
        .map((value, at) => {
          const x = LEFT + (at / (values.length - 1)) * WIDTH;
          return `${x.toFixed(1)},${(top + PANEL * (1 - value / most)).toFixed(1)}`;
        })
        .join(' ');
      body.push(`<polyline fill="none" stroke="${COLOURS[i]}" stroke-width="1.5" points="${points}"/>`);
      if (lines.length > 1) {
        body.push(`<text x="${LEFT + 8 + i * 40}" y="${top + 14}" fill="${COLOURS[i]}">${label}</text>`);
      }
    });
  });
  const bottom = TOP + panels.length * (PANEL + 24);
  const end = result.series.at(-1)?.at ?? result.seconds;
  body.push(
    `<text x="${LEFT}" y="${bottom}">0</text>`,
    `<text x="${LEFT + WIDTH}" y="${bottom}" text-anchor="end">${end < 7200 ? `${end.toFixed(0)} s` : `${(end / 3600).toFixed(1)} h`}</text>`,
  );
  return frame(bottom + 12, title, body);
}

/** A comparison: for each run its latencies (p50, p95, p99, one behind the other) and its node-hours over the ideal. */
export function comparisonSvg(summaries: readonly Summary[], title: string): string {
  const most = Math.max(...summaries.map(({ p99 }) => p99));
  const body = summaries.flatMap(({ name, p50, p95, p99, cost, reversals }, row) => {
    const top = TOP + row * 26;
    const bar = (value: number, colour: string): string =>
      `<rect x="${LEFT + 50}" y="${top}" width="${((value / most) * (WIDTH - 330)).toFixed(1)}" height="18" fill="${colour}"/>`;
    return [
      `<text x="${LEFT + 44}" y="${top + 13}" text-anchor="end">${escapeText(name)}</text>`,
      bar(p99, '#fbd38d'),
      bar(p95, '#f6ad55'),
      bar(p50, '#2b6cb0'),
      `<text x="${LEFT + 60 + ((WIDTH - 330) * p99) / most}" y="${top + 13}">${short(p50)} / ${short(p95)} / ${short(p99)} s, cost ${cost.toFixed(2)}, ${reversals.toFixed(1)} rev/h</text>`,
    ];
  });
  return frame(TOP + summaries.length * 26 + 10, `${title}: p50 / p95 / p99`, body);
}
