import type { Command } from '../spec.ts';
import { addr, GROUPS, json } from './common.ts';

const group = GROUPS.watch;

export const watch: readonly Command[] = [
  {
    name: 'status',
    group,
    summary: 'show the cluster on one screen',
    options: [addr, json],
    description: ['The first line is for people, attr=value lines follow when it goes into a pipe.'],
    examples: [
      { line: 'llamboctl status', what: 'one screen' },
      { line: 'llamboctl status --json | jq .utilisation', what: 'one figure' },
    ],
    load: () => import('../commands/status.ts'),
  },
  {
    name: 'top',
    group,
    summary: 'watch the cluster live',
    options: [addr, { name: 'once', short: '1', summary: 'draw once, and end' }],
    description: [
      `Keys: arrows or j and k move, Enter goes into a class and a node, Escape comes back, < and > choose the
column to sort by, r turns the order around, p pauses, q quits.`,
    ],
    load: () => import('../commands/top.ts'),
  },
  {
    name: 'health',
    group,
    summary: 'check each part of the cluster',
    options: [addr, json],
    description: ['Exit status 0: all is well. 4: something is degraded or down. 3: no cluster answers.'],
    examples: [{ line: 'llamboctl health || page-someone', what: 'in a monitor' }],
    load: () => import('../commands/health.ts'),
  },
  {
    name: 'nodes',
    group,
    summary: 'list the nodes, or show one of them',
    arguments: [{ name: 'NODE', kind: 'node', optional: true }],
    options: [
      addr,
      json,
      { name: 'class', short: 'c', value: 'CLASS', kind: 'class', summary: 'only those of a class' },
      {
        name: 'state',
        value: 'STATE',
        choices: ['idle', 'busy', 'error', 'draining', 'starting', 'suspect'],
        summary: 'only those in a state',
      },
      {
        name: 'sort',
        short: 's',
        value: 'COLUMN',
        choices: ['id', 'class', 'state', 'load', 'speed', 'requests', 'tokens', 'failures'],
        summary: 'order; default id',
      },
      { name: 'names', summary: 'only their names' },
    ],
    examples: [
      { line: 'llamboctl nodes --state error', what: 'who is in trouble' },
      { line: 'llamboctl nodes worker-0001', what: 'its figures, name space and log' },
    ],
    load: () => import('../commands/nodes.ts'),
  },
  {
    name: 'hosts',
    group,
    summary: 'list the machines',
    options: [addr, json],
    load: () => import('../commands/hosts.ts'),
  },
  {
    name: 'events',
    group,
    summary: 'print what happened',
    options: [
      addr,
      { ...json, summary: 'print one JSON object a line' },
      { name: 'follow', short: 'f', summary: 'and what happens from now on' },
      { name: 'count', short: 'n', value: 'N', summary: 'how many of the past; default 20' },
    ],
    examples: [{ line: 'llamboctl events -f', what: 'until Ctrl-C' }],
    load: () => import('../commands/events.ts'),
  },
  {
    name: 'metrics',
    group,
    summary: 'print the metrics as Prometheus reads them',
    arguments: [{ name: 'PREFIX', optional: true }],
    options: [addr],
    examples: [{ line: 'llamboctl metrics llambo_nodes', what: 'those whose names begin so' }],
    load: () => import('../commands/metrics.ts'),
  },
  {
    name: 'bench',
    group,
    summary: 'measure how fast the cluster answers',
    options: [
      addr,
      json,
      { name: 'concurrency', short: 'c', value: 'N', summary: 'questions at once; default 8' },
      { name: 'requests', short: 'n', value: 'N', summary: 'questions in all; default 32' },
      { name: 'tokens', short: 't', value: 'N', summary: 'tokens of an answer; default 64' },
      { name: 'model', short: 'm', value: 'MODEL', kind: 'model', summary: 'model or class that is asked' },
      { name: 'prompt', short: 'p', value: 'TEXT', summary: 'what is asked' },
    ],
    examples: [{ line: 'llamboctl bench -c 64 -n 256', what: '64 chats at once' }],
    load: () => import('../commands/bench.ts'),
  },
];
