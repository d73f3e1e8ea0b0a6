/** `npm run bench -- scenario FILE [strategy|policy]`: one run, or all strategies or policies on the same seed. */
import { readFileSync } from 'node:fs';
import { policyNames } from '../packages/llambo/src/cluster/autoscaler/index.ts';
import { strategyNames } from '../packages/llambo/src/cluster/balancer/index.ts';
import {
  compare,
  formatSummaries,
  parseScenario,
  simulate,
  sparkline,
  summarize,
} from '../packages/llambo/src/sim/index.ts';

const [file = 'packages/llambo/scenarios/steady.yaml', member] = process.argv.slice(2);
const options = parseScenario(readFileSync(file, 'utf8'));
let summaries = [];
if (member === 'strategy') summaries = compare(options, 'strategy', strategyNames());
else if (member === 'policy') {
  summaries = compare(
    options,
    'policy',
    policyNames().filter((name) => name !== 'schedule'),
  );
} else {
  const result = simulate(options);
  summaries = [summarize(options.policy ?? options.strategy, result)];
  if (result.series.length > 0) console.log(sparkline(result));
}
console.log(formatSummaries(summaries));
console.log(JSON.stringify({ summaries }));
