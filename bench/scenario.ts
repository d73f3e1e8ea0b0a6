/**
 * `npm run bench -- scenario [NAME|FILE] [strategy|policy] [--svg FILE]`: one run, or all strategies or policies with the
 * same arrivals. `npm run bench -- scenario pictures FOLDER` makes the pictures of docs/scaling.md.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { policyNames } from '../packages/llambo/src/cluster/autoscaler/index.ts';
import { strategyNames } from '../packages/llambo/src/cluster/balancer/index.ts';
import {
  compare,
  comparisonSvg,
  formatPhases,
  formatSummaries,
  loadScenario,
  phaseFigures,
  type Summary,
  simulate,
  sparkline,
  summarize,
  svg,
} from '../packages/llambo/src/sim/index.ts';

const names = (member: 'strategy' | 'policy'): string[] =>
  member === 'strategy' ? strategyNames() : policyNames().filter((name) => name !== 'schedule');

/** Pictures of the documentation: the scenario, and what is drawn of it. */
const PICTURES: readonly (readonly [file: string, scenario: string, policy?: string])[] = [
  ['seed-example', 'seed-example'],
  ['seed-swing', 'seed-swing'],
  ['seed-swing-target', 'seed-swing', 'target'],
  ['step-target', 'step'],
  ['step-seed', 'step', 'seed'],
  ['flash-crowd-target', 'flash-crowd'],
  ['daily-target', 'daily'],
  ['chaos', 'chaos'],
];
const COMPARISONS: readonly (readonly [scenario: string, member: 'strategy' | 'policy'])[] = [
  ['steady', 'strategy'],
  ['slow-nodes', 'strategy'],
  ['stale', 'strategy'],
  ['shared-prompts', 'strategy'],
  ['step', 'policy'],
  ['flash-crowd', 'policy'],
  ['daily', 'policy'],
];

function pictures(folder: string): Summary[] {
  mkdirSync(folder, { recursive: true });
  const summaries: Summary[] = [];
  for (const [file, name, policy] of PICTURES) {
    const { options, title } = loadScenario(name);
    const result = simulate(policy === undefined ? options : { ...options, policy });
    const by = policy ?? options.policy;
    writeFileSync(join(folder, `${file}.svg`), svg(result, by === undefined ? title : `${title}: ${by}`));
    summaries.push(summarize(file, result));
  }
  for (const [name, member] of COMPARISONS) {
    const scenario = loadScenario(name);
    const compared = compare(scenario, member, names(member));
    writeFileSync(join(folder, `${name}-${member}.svg`), comparisonSvg(compared, scenario.title));
    console.log(`\n${name}: ${scenario.title}\n${formatSummaries(compared)}`);
    for (const each of compared) summaries.push({ ...each, name: `${name} ${each.name}` });
  }
  return summaries;
}

const args = process.argv.slice(2);
const at = args.indexOf('--svg');
const [, file] = at < 0 ? [] : args.splice(at, 2);
const [name = 'steady', member] = args;
let summaries: Summary[];
if (name === 'pictures') summaries = pictures(member ?? 'docs/scaling');
else {
  const scenario = loadScenario(name);
  if (scenario.title !== '') console.log(scenario.title);
  if (member === 'strategy' || member === 'policy') {
    summaries = compare(scenario, member, names(member));
    if (file !== undefined) writeFileSync(file, comparisonSvg(summaries, scenario.title));
  } else {
    const result = simulate(scenario.options);
    summaries = [summarize(scenario.options.policy ?? scenario.options.strategy, result)];
    console.log(sparkline(result));
    if (scenario.phases.length > 0) console.log(formatPhases(phaseFigures(scenario, result)));
    if (file !== undefined) writeFileSync(file, svg(result, scenario.title));
  }
  console.log(formatSummaries(summaries));
}
console.log(JSON.stringify({ summaries }));
