/**
 * Cost of one decision of the balancer: `pick`, the update of the index when the request goes out, and the one when it
 * comes back. Nodes are 70 % busy, of mixed speed and capacity; requests carry sessions and prefixes.
 */
import {
  createStrategy,
  type NodeView,
  strategyNames,
} from '../packages/llambo/src/cluster/balancer/index.ts';
import { seededRandom } from '../packages/llambo/src/sim/random.ts';

type BenchNode = { -readonly [K in keyof NodeView]: NodeView[K] };

const SIZES = [100, 1000, 10_000];
const BATCH = 2000;
const BATCHES = 15;

function measure(name: string, size: number): number {
  const random = seededRandom(1);
  const nodes = Array.from(
    { length: size },
    (_, i): BenchNode => ({
      id: `tiny-${String(i).padStart(5, '0')}`,
      class: 'tiny',
      model: 'm',
      capacity: 4 + (i % 5),
      load: 0,
      state: 'idle',
      speed: 5 + (i % 20),
    }),
  );
  let now = 0;
  const strategy = createStrategy<BenchNode>(name, { random, now: () => now }, nodes);
  const requests = Array.from({ length: 4096 }, (_, i) => ({
    model: 'm',
    promptTokens: 500,
    session: `conversation-${i}`,
    prefix: Array.from({ length: 8 }, (_, block) => (block < 4 ? (i % 64) * 100 + block : i * 1000 + block)),
  }));
  const held: BenchNode[] = [];
  const route = (i: number): void => {
    const node = strategy.pick(requests[i & 4095] as (typeof requests)[0]);
    if (node === undefined) throw new Error('no node');
    node.load++;
    strategy.changed(node);
    held.push(node);
  };
  const release = (): void => {
    const place = Math.floor(random() * held.length);
    const node = held[place] as BenchNode;
    held[place] = held[held.length - 1] as BenchNode;
    held.pop();
    node.load--;
    strategy.changed(node);
  };
  const busy = nodes.reduce((sum, node) => sum + node.capacity, 0) * 0.7;
  for (let i = 0; i < busy; i++) route(i);
  const samples: number[] = [];
  for (let batch = 0; batch < BATCHES; batch++) {
    const start = performance.now();
    for (let i = 0; i < BATCH; i++) {
      now += 0.1;
      release();
      route(i + batch * BATCH);
    }
    samples.push(((performance.now() - start) * 1000) / BATCH);
  }
  samples.sort((a, b) => a - b);
  return samples[BATCHES >> 1] as number;
}

const results: Record<string, Record<string, number>> = {};
console.log(`microseconds a decision (pick, send, return)\n`);
console.log(`${'strategy'.padEnd(14)}${SIZES.map((size) => `${size} nodes`.padStart(14)).join('')}`);
for (const name of strategyNames()) {
  const row = SIZES.map((size) => measure(name, size));
  results[name] = Object.fromEntries(SIZES.map((size, i) => [size, Number((row[i] as number).toFixed(3))]));
  console.log(`${name.padEnd(14)}${row.map((us) => us.toFixed(2).padStart(14)).join('')}`);
}
console.log(JSON.stringify({ us_per_decision: results }));
