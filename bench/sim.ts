/**
 * The simulator against closed forms, 10,000 nodes with 1,000,000 requests, the seed's cluster, and a real cluster.
 * `npm run bench -- sim quick` leaves the last one out; `npm run bench -- sim reality [SECONDS]` does only that, and
 * keeps the engine that it measured in packages/llambo/scenarios/curves.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import {
  type Check,
  formatReality,
  formatSummaries,
  loadScenario,
  type Reality,
  runChecks,
  runReality,
  simulate,
  summarize,
} from '../packages/llambo/src/sim/index.ts';

const [only, length] = process.argv.slice(2);

function printCheck({ name, expected, measured, halfWidth, within, passed }: Check): void {
  const verdict = within ? 'ok  ' : passed ? 'near' : 'FAIL';
  const figures = `${expected.toFixed(4).padStart(8)}  ${measured.toFixed(4).padStart(8)} +- ${halfWidth.toFixed(4)}`;
  console.log(`${verdict} ${name.padEnd(48)} ${figures}`);
}

function simulated(): Record<string, number> {
  const checks = runChecks(1, printCheck);
  const start = performance.now();
  const big = simulate(loadScenario('ten-thousand').options);
  const seconds = (performance.now() - start) / 1000;
  const mb = process.memoryUsage().rss / 1e6;
  console.log(formatSummaries([summarize('10,000 nodes', big)]));
  console.log(
    `${big.arrived} requests: ${seconds.toFixed(1)} s, ${mb.toFixed(0)} MB, missing ${big.missing}`,
  );

  const seed = simulate(loadScenario('seed-cluster').options);
  const busy = seed.series.filter(({ at }) => at >= 60 && at < 600);
  const seedTokens = busy.reduce((sum, { tokensPerSecond }) => sum + tokensPerSecond, 0) / busy.length;
  console.log(`the seed's cluster, saturated: ${seedTokens.toFixed(0)} tok/s (the seed says about 10,250)`);
  return {
    checks_passed: checks.filter(({ passed }) => passed).length,
    checks_within_own_interval: checks.filter(({ within }) => within).length,
    checks_total: checks.length,
    seconds_10000: Number(seconds.toFixed(2)),
    mb_10000: Math.round(mb),
    seed_tok_s: Math.round(seedTokens),
  };
}

async function real(): Promise<Reality['errors']> {
  const { curve, reality } = await runReality({
    log: console.log,
    ...(length === undefined ? {} : { seconds: Number(length) }),
  });
  console.log(formatReality(reality));
  if (only === 'reality') {
    const folder = new URL('../packages/llambo/scenarios/curves/', import.meta.url);
    mkdirSync(folder, { recursive: true });
    writeFileSync(new URL(`${curve.model}.json`, folder), `${JSON.stringify(curve, undefined, 2)}\n`);
  }
  return reality.errors;
}

const figures = only === 'reality' ? {} : simulated();
const errors = only === 'quick' ? undefined : await real();
const rounded = (value: number | undefined): number | null =>
  value === undefined ? null : Number(value.toFixed(4));
console.log(
  JSON.stringify({
    ...figures,
    reality_throughput_error: rounded(errors?.throughput),
    reality_p50_error: rounded(errors?.p50),
    reality_p99_error: rounded(errors?.p99),
  }),
);
