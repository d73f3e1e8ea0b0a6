/** The simulator against closed forms, 10,000 nodes with 1,000,000 requests, and the seed's cluster. */
import { runChecks, simulate } from '../packages/llambo/src/sim/index.ts';
import { exponential } from '../packages/llambo/src/sim/random.ts';

const checks = runChecks(200_000);
for (const { name, expected, measured, halfWidth, passed } of checks) {
  console.log(
    `${passed ? 'ok  ' : 'FAIL'} ${name.padEnd(44)} ${expected.toFixed(4)}  ${measured.toFixed(4)} +- ${halfWidth.toFixed(4)}`,
  );
}
const start = performance.now();
const big = simulate({
  seed: 1,
  nodes: 10_000,
  capacity: 4,
  strategy: 'p2c',
  rate: () => 1600,
  work: (random) => 50 * exponential(random),
  speed: (batch) => 10 * Math.sqrt(batch),
  requests: 1_000_000,
});
const seconds = (performance.now() - start) / 1000;
const mb = process.memoryUsage().rss / 1e6;
console.log(
  `10,000 nodes, 1,000,000 requests: ${seconds.toFixed(1)} s, ${mb.toFixed(0)} MB, missing ${big.missing}`,
);

// The seed's cluster, saturated for long: each class by itself, one request a node, as the seed counts.
const saturated = (nodes: number, speed: number): number =>
  simulate({
    seed: 2,
    nodes,
    capacity: 1,
    strategy: 'least-loaded',
    rate: () => nodes * 10,
    work: () => 100,
    speed: () => speed,
    requests: nodes * 40,
  }).tokensPerSecond;
const seedTokens = saturated(750, 10) + saturated(200, 10) + saturated(50, 15);
console.log(`the seed's cluster: ${seedTokens.toFixed(0)} tok/s (the seed says about 10,250)`);
console.log(
  JSON.stringify({
    checks_passed: checks.filter(({ passed }) => passed).length,
    checks_total: checks.length,
    seconds_10000: Number(seconds.toFixed(2)),
    mb_10000: Math.round(mb),
    reality_throughput_error: null,
    reality_p50_error: null,
    reality_p99_error: null,
    seed_tok_s: Math.round(seedTokens),
  }),
);
