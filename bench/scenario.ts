/**
 * `npm run bench -- scenario [NAME|FILE] [strategy|policy] [--svg FILE]`: one run, or all strategies or policies with the
 * same arrivals. `scenario loads`: all strategies from half to full load. `scenario growth`: the same day for 100, 1,000
 * and 10,000 nodes. `scenario protection`: slow and dying nodes without and with what guards against them.
 * `scenario pictures [FOLDER]` makes the pictures of docs/scaling.md.
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
  type Scenario,
  type SimulationOptions,
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

/** The scenario with its rates multiplied. */
function scaled({ options }: Scenario, factor: number): SimulationOptions {
  const { rate } = options.workload;
  const workload = {
    ...options.workload,
    rate: { at: (time: number) => rate.at(time) * factor, most: rate.most * factor },
  };
  return { ...options, workload };
}

/** 100 equal nodes at ever more of what they can do with all slots in use. */
function loads(): Summary[] {
  const scenario = loadScenario('steady');
  const [{ nodes, capacity, curve } = missingClass()] = scenario.options.classes;
  const engine = curve ?? missingClass();
  const seconds = 50 / engine.rate(capacity) + engine.step(1, 50) - engine.step(1, 0); // 50 tokens read, 50 made
  const summaries: Summary[] = [];
  for (const load of [0.5, 0.7, 0.8, 0.9, 0.95]) {
    const rate = (load * nodes) / seconds;
    const options = scaled(scenario, rate / scenario.options.workload.rate.at(0));
    const compared = compare({ options }, 'strategy', names('strategy'));
    console.log(`\nload ${load}\n${formatSummaries(compared)}`);
    for (const each of compared) summaries.push({ ...each, name: `${load} ${each.name}` });
  }
  return summaries;
}

function missingClass(): never {
  throw new Error('scenario steady has no measured class');
}

/** An hour with a peak, for clusters of about 100, 1,000 and 10,000 nodes. */
function growth(): Summary[] {
  const summaries: Summary[] = [];
  for (const factor of [1, 10, 100]) {
    const scenario = loadScenario('growth');
    const options = scaled(scenario, factor);
    const classes = options.classes.map((each) => ({
      ...each,
      nodes: each.nodes * factor,
      maximum: 100_000,
    }));
    const result = simulate({ ...options, classes });
    const most = Math.max(...result.series.map(({ nodes }) => nodes));
    summaries.push(summarize(`up to ${most} nodes`, result));
  }
  console.log(formatSummaries(summaries));
  return summaries;
}

function protection(): Summary[] {
  const { options } = loadScenario('chaos');
  const { faults: _faults, ...sound } = options;
  const cases: readonly (readonly [string, SimulationOptions])[] = [
    ['nothing fails', sound],
    ['no protection', { ...options, health: false }],
    ['hedging', { ...options, health: false, hedge: true }],
    ['health', options],
    ['health, hedging', { ...options, hedge: true }],
  ];
  const summaries = ['p2c', 'least-loaded'].flatMap((strategy) =>
    cases.map(([each, guarded]) => summarize(`${strategy}, ${each}`, simulate({ ...guarded, strategy }))),
  );
  console.log(formatSummaries(summaries));
  return summaries;
}

const args = process.argv.slice(2);
const at = args.indexOf('--svg');
const [, file] = at < 0 ? [] : args.splice(at, 2);
const [name = 'steady', member] = args;
let summaries: Summary[];
if (name === 'pictures') summaries = pictures(member ?? 'docs/scaling');
else if (name === 'loads') summaries = loads();
else if (name === 'growth') summaries = growth();
else if (name === 'protection') summaries = protection();
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
