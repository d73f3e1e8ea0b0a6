import type { HistoryPoint } from './types.ts';

/** Seconds that are kept: a quarter of an hour. */
const KEPT = 900;

type Column = (number | null)[];

/** The cluster's last minutes by columns, as charts want them. */
export interface History {
  /** Seconds since 1970. */
  readonly at: number[];
  readonly tokensPerSecond: Column;
  readonly p50: Column;
  readonly p95: Column;
  readonly p99: Column;
  readonly waiting: Column;
  readonly nodes: Column;
  /** Per cent. */
  readonly utilisation: Column;
}

export const emptyHistory = (): History => ({
  at: [],
  tokensPerSecond: [],
  p50: [],
  p95: [],
  p99: [],
  waiting: [],
  nodes: [],
  utilisation: [],
});

/** Adds a point in place, unless it is older than the newest; the oldest leave. */
export function addPoint(history: History, point: HistoryPoint): void {
  const at = point.at / 1000;
  const last = history.at.at(-1);
  if (last !== undefined && at <= last) return;
  history.at.push(at);
  history.tokensPerSecond.push(point.tokensPerSecond);
  history.p50.push(point.firstTokenMs?.p50 ?? null);
  history.p95.push(point.firstTokenMs?.p95 ?? null);
  history.p99.push(point.firstTokenMs?.p99 ?? null);
  history.waiting.push(point.waiting);
  history.nodes.push(point.nodes);
  history.utilisation.push(point.utilisation * 100);
  if (history.at.length > KEPT) for (const column of Object.values(history) as Column[]) column.shift();
}

export function historyOf(points: readonly HistoryPoint[]): History {
  const history = emptyHistory();
  for (const point of points) addPoint(history, point);
  return history;
}
