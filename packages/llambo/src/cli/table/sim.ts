import type { Command } from '../spec.ts';
import { GROUPS, json } from './common.ts';

export const sim: Command = {
  name: 'sim',
  group: GROUPS.tools,
  summary: 'run a scenario on a virtual clock, with the code of the real cluster',
  arguments: [
    { name: 'SCENARIO', kind: 'file', optional: true },
    { name: 'COMPARE', choices: ['strategy', 'policy'], optional: true },
  ],
  options: [
    { name: 'strategy', value: 'NAME', kind: 'strategy', summary: 'instead of the one in the scenario' },
    { name: 'policy', value: 'NAME', kind: 'policy', summary: 'instead of the one in the scenario' },
    { name: 'seed', value: 'N', summary: 'of all chance; the same seed gives the same run' },
    { name: 'svg', value: 'FILE', kind: 'file', summary: 'draw it' },
    { name: 'reality', summary: 'compare a real cluster, started for it, with its simulation' },
    { name: 'nodes', value: 'N', summary: 'with --reality: nodes of that cluster (64)' },
    { name: 'seconds', value: 'N', summary: 'with --reality: how long requests come (180)' },
    { name: 'threads', value: 'N', summary: 'with --reality: of the engine (all cores)' },
    {
      name: 'model',
      value: 'NAME',
      kind: 'model',
      summary: 'with --reality: what its nodes run (smollm2-135m)',
    },
    {
      name: 'save',
      value: 'FILE',
      kind: 'file',
      summary: 'with --reality: keep the measured engine, for scenarios',
    },
    json,
  ],
  description: [
    `SCENARIO is one that ships (without an argument they are listed) or a YAML file, see sim(1). With strategy or policy
behind it, the scenario is run once for each of them, with the same requests.`,
    `With --reality a cluster is started in a home of its own, its engine is measured, and the same requests are put to it
and to its simulation. Nothing else should run on the machine meanwhile.`,
  ],
  examples: [
    { line: 'llamboctl sim seed-example', what: '100 nodes, +500, -200' },
    { line: 'llamboctl sim step policy', what: 'all policies side by side' },
    { line: 'llamboctl sim stale strategy --svg stale.svg', what: 'all strategies, and a picture' },
  ],
  load: () => import('../commands/sim.ts'),
};
