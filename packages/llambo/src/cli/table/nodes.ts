import type { Command } from '../spec.ts';
import { addr, GROUPS, json } from './common.ts';

const group = GROUPS.nodes;
const quiet = { name: 'quiet', short: 'q', summary: 'no progress' } as const;
const control = (name: 'spawn' | 'scale' | 'drain' | 'resume' | 'kill' | 'strategy' | 'autoscale' | 'ctl') =>
  import('../commands/control.ts').then((commands) => commands[name]);

export const nodes: readonly Command[] = [
  {
    name: 'spawn',
    group,
    summary: 'add nodes of a class',
    arguments: [{ name: 'CLASS', kind: 'class' }, { name: 'N' }],
    options: [addr, quiet],
    examples: [{ line: 'llamboctl spawn tiny 50', what: '50 more tiny nodes' }],
    load: () => control('spawn'),
  },
  {
    name: 'scale',
    group,
    summary: 'set how many nodes a class has',
    arguments: [{ name: 'CLASS', kind: 'class' }, { name: 'N' }],
    options: [addr, quiet],
    description: ['Nodes that are too many finish what they are answering first.'],
    examples: [{ line: 'llamboctl scale tiny 8', what: 'eight of them from now on' }],
    load: () => control('scale'),
  },
  {
    name: 'drain',
    group,
    summary: 'let nodes finish and take nothing new',
    arguments: [{ name: 'NODE', kind: 'node', rest: true }],
    options: [addr, quiet, { name: 'wait', short: 'w', summary: 'until they are idle' }],
    examples: [{ line: 'llamboctl drain -w worker-0007', what: 'and wait until it is idle' }],
    load: () => control('drain'),
  },
  {
    name: 'resume',
    group,
    summary: 'let drained nodes take questions again',
    arguments: [{ name: 'NODE', kind: 'node', rest: true }],
    options: [addr],
    load: () => control('resume'),
  },
  {
    name: 'kill',
    group,
    summary: 'end nodes at once; their answers go on elsewhere',
    arguments: [{ name: 'NODE', kind: 'node', rest: true }],
    options: [addr],
    load: () => control('kill'),
  },
  {
    name: 'strategy',
    group,
    summary: 'show or change how nodes are chosen',
    arguments: [{ name: 'NAME', kind: 'strategy', optional: true }],
    options: [addr],
    description: ['strategies(7) describes them.'],
    examples: [{ line: 'llamboctl strategy p2c', what: 'the better of two from now on' }],
    load: () => control('strategy'),
  },
  {
    name: 'balancer',
    group,
    summary: 'show the latest choices of nodes, and why',
    options: [addr, json, { name: 'count', short: 'n', value: 'N', summary: 'how many; default 20' }],
    load: () => import('../commands/balancer.ts'),
  },
  {
    name: 'autoscale',
    group,
    summary: 'switch the autoscaler, choose its policy, or show what it did',
    arguments: [
      { name: 'ACTION', choices: ['on', 'off', 'policy', 'log'], optional: true },
      { name: 'POLICY', kind: 'policy', optional: true },
    ],
    options: [addr, json],
    description: [
      'Without an action, and with log: its latest decisions. autoscale(7) describes the policies.',
    ],
    examples: [
      { line: 'llamboctl autoscale on', what: 'let it decide' },
      { line: 'llamboctl autoscale policy target', what: 'by this policy' },
    ],
    load: () => control('autoscale'),
  },
  {
    name: 'ctl',
    group,
    summary: 'send lines to the ctl file as they are',
    arguments: [{ name: 'LINE', rest: true, optional: true }],
    options: [addr],
    description: ['Without a line: those of standard input. It ends at the first that is refused.'],
    examples: [{ line: 'llamboctl ctl strategy p2c', what: 'what llamboctl strategy p2c does' }],
    verbatim: true,
    load: () => control('ctl'),
  },
];
