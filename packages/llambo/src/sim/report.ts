import { quantile } from './recorder.ts';
import type { Phase, Scenario } from './scenario.ts';
import { simulate } from './simulate.ts';
import type { SimulationResult, TenantResult } from './types.ts';

/** One run in figures: latencies in seconds. */
export interface Summary {
  readonly name: string;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly firstP50: number;
  readonly firstP99: number;
  readonly tokensPerSecond: number;
  /** Tokens within the deadline, as a share of those asked for or, when that is less, of what the nodes could make. */
  readonly goodput: number;
  /** Mean share of the slots that is busy. */
  readonly utilization: number;
  readonly mostWaiting: number;
  readonly nodeHours: number;
  /** Node-hours over those of the fewest full nodes that could do the work. */
  readonly cost: number;
  /** Changes of direction of the scaling, an hour. */
  readonly reversals: number;
  /** Requests refused, waited in vain, or failed. */
  readonly lost: number;
  readonly failovers: number;
  /** Jain's index of what tenants got against what was theirs: 1 is fair. */
  readonly fairness: number;
}

export function summarize(name: string, result: SimulationResult): Summary {
  const { series, nodeSeconds, idealNodeSeconds } = result;
  const sojourn = result.sojourn.slice().sort();
  const first = result.first.slice().sort();
  const moves = result.decisions
    .filter(({ from, to }) => from !== to)
    .map(({ group, from, to }) => [group, Math.sign(to - from)] as const);
  const last = new Map<string, number>();
  let reversals = 0;
  for (const [group, move] of moves) {
    if (last.has(group) && last.get(group) !== move) reversals++;
    last.set(group, move);
  }
  return {
    name,
    p50: quantile(sojourn, 0.5),
    p95: quantile(sojourn, 0.95),
    p99: quantile(sojourn, 0.99),
    firstP50: quantile(first, 0.5),
    firstP99: quantile(first, 0.99),
    tokensPerSecond: result.tokensPerSecond,
    goodput:
      result.goodTokens /
      Math.max(1, result.offeredTokens * Math.min(1, nodeSeconds / result.offeredNodeSeconds)),
    utilization: series.reduce((sum, { busy }) => sum + busy, 0) / Math.max(1, series.length),
    mostWaiting: Math.max(0, ...series.map(({ waiting }) => waiting)),
    nodeHours: nodeSeconds / 3600,
    cost: nodeSeconds / Math.max(1e-9, idealNodeSeconds),
    reversals: reversals / (result.seconds / 3600),
    lost: result.refused + result.expired + result.failed,
    failovers: result.failovers,
    fairness: fairness(result.tenants),
  };
}

/**
 * Jain's index over what each tenant was served, relative to its max-min fair part (by weight) of all that was served.
 * A tenant that asked for less than its part and got it counts as fairly served.
 */
export function fairness(tenants: readonly TenantResult[]): number {
  let left = tenants.reduce((sum, { servedTokens }) => sum + servedTokens, 0);
  let open = tenants.filter(({ offeredTokens }) => offeredTokens > 0);
  const parts = new Map<TenantResult, number>();
  while (open.length > 0) {
    const weights = open.reduce((sum, { weight }) => sum + weight, 0);
    const modest = open.filter((each) => each.offeredTokens <= (left * each.weight) / weights);
    const settled = modest.length > 0 ? modest : open;
    for (const each of settled) {
      parts.set(each, modest.length > 0 ? each.offeredTokens : (left * each.weight) / weights);
    }
    for (const each of settled) left -= parts.get(each) as number;
    open = open.filter((each) => !parts.has(each));
  }
  const ratios = [...parts].map(([{ servedTokens }, part]) => (part > 0 ? servedTokens / part : 1));
  const sum = ratios.reduce((a, b) => a + b, 0);
  const squares = ratios.reduce((a, b) => a + b * b, 0);
  return squares === 0 ? 1 : (sum * sum) / (ratios.length * squares);
}

/** The scenario under each of the strategies, or policies, with the same arrivals. */
export function compare(
  { options }: Pick<Scenario, 'options'>,
  member: 'strategy' | 'policy',
  names: readonly string[],
): Summary[] {
  return names.map((name) => summarize(name, simulate({ ...options, [member]: name })));
}

const COLUMNS: readonly (readonly [string, (summary: Summary) => string])[] = [
  ['p50 s', ({ p50 }) => p50.toFixed(2)],
  ['p95 s', ({ p95 }) => p95.toFixed(2)],
  ['p99 s', ({ p99 }) => p99.toFixed(2)],
  ['first p50', ({ firstP50 }) => firstP50.toFixed(2)],
  ['first p99', ({ firstP99 }) => firstP99.toFixed(2)],
  ['tok/s', ({ tokensPerSecond }) => tokensPerSecond.toFixed(0)],
  ['goodput', ({ goodput }) => goodput.toFixed(3)],
  ['busy', ({ utilization }) => `${(utilization * 100).toFixed(0)}%`],
  ['queue', ({ mostWaiting }) => String(mostWaiting)],
  ['node-h', ({ nodeHours }) => nodeHours.toFixed(1)],
  ['cost', ({ cost }) => cost.toFixed(2)],
  ['rev/h', ({ reversals }) => reversals.toFixed(1)],
  ['lost', ({ lost }) => String(lost)],
  ['failovers', ({ failovers }) => String(failovers)],
  ['fair', ({ fairness }) => fairness.toFixed(3)],
];

/** A table for a terminal. */
export function formatSummaries(summaries: readonly Summary[]): string {
  const rows = [['', ...COLUMNS.map(([head]) => head)]];
  for (const summary of summaries) rows.push([summary.name, ...COLUMNS.map(([, cell]) => cell(summary))]);
  const widths = rows[0]?.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
        .join('  '),
    )
    .join('\n');
}

export interface PhaseFigures {
  readonly name: string;
  /** Pairs of what the drawing says and what came out; undefined where it says nothing. */
  readonly nodes: readonly [number, number];
  readonly tokensPerSecond: readonly [number, number];
  /** Tokens a second that were made. */
  readonly made: number;
  readonly latencyMs: readonly [number | undefined, number];
  readonly utilization: readonly [number | undefined, number];
}

/** Each phase beside what its drawing says. Tokens a second are what the nodes can make; latency is to the first token. */
export function phaseFigures({ options, phases }: Scenario, result: SimulationResult): PhaseFigures[] {
  const each = options.classes.reduce((sum, { curve, capacity, nodes }) => {
    return sum + (curve?.rate(capacity) ?? 0) * nodes;
  }, 0);
  const perNode = each / options.classes.reduce((sum, { nodes }) => sum + nodes, 0);
  return phases.map((phase: Phase) => {
    const samples = result.series.filter(({ at }) => at >= phase.from && at < phase.to);
    const mean = (value: (sample: (typeof samples)[number]) => number): number =>
      samples.reduce((sum, sample) => sum + value(sample), 0) / Math.max(1, samples.length);
    const nodes = mean((sample) => sample.nodes);
    const first = result.first
      .filter((_, i) => (result.ended[i] ?? 0) >= phase.from && (result.ended[i] ?? 0) < phase.to)
      .sort();
    return {
      name: phase.name,
      nodes: [phase.nodes, nodes],
      tokensPerSecond: [phase.tokens_per_second, nodes * perNode],
      made: mean((sample) => sample.tokensPerSecond),
      latencyMs: [phase.latency_ms, quantile(first, 0.5) * 1000],
      utilization: [phase.utilization, mean(({ busy }) => busy)],
    };
  });
}

export function formatPhases(figures: readonly PhaseFigures[]): string {
  const pair = (
    [says, is]: readonly [number | undefined, number],
    format: (value: number) => string,
  ): string => `${says === undefined ? '-' : format(says)} / ${format(is)}`;
  const round = (value: number): string => value.toFixed(0);
  const rows = [['drawn / simulated', 'nodes', 'tok/s they can make', 'made', 'first token ms', 'busy']];
  for (const { name, nodes, tokensPerSecond, made, latencyMs, utilization } of figures) {
    rows.push([
      name,
      pair(nodes, round),
      pair(tokensPerSecond, round),
      round(made),
      pair(latencyMs, round),
      pair(utilization, (value) => `${(value * 100).toFixed(0)}%`),
    ]);
  }
  const widths = [0, 1, 2, 3, 4, 5].map((i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
