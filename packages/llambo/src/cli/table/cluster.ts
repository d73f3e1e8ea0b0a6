import type { Command } from '../spec.ts';
import { addr, GROUPS, json } from './common.ts';

const group = GROUPS.cluster;

export const cluster: readonly Command[] = [
  {
    name: 'up',
    group,
    summary: 'start a cluster on this machine',
    options: [
      {
        name: 'config',
        short: 'c',
        value: 'FILE',
        kind: 'file',
        summary: 'configuration; default: llambo.yaml here, or the built-in one',
      },
      { name: 'detach', short: 'd', summary: 'go on in the background' },
      { name: 'quiet', short: 'q', summary: 'print no events' },
    ],
    description: ['Ends with Ctrl-C, SIGTERM or llamboctl down. There is one cluster for each LLAMBO_HOME.'],
    examples: [{ line: 'llamboctl up -d', what: 'in the background' }],
    load: () => import('../commands/up.ts'),
  },
  {
    name: 'down',
    group,
    summary: 'end the cluster that this home has running',
    description: ['Answers under way are given ten seconds.'],
    load: () => import('../commands/down.ts'),
  },
  {
    name: 'checkpoint',
    group,
    summary: 'save, show or restore what is wanted of the cluster',
    arguments: [
      { name: 'ACTION', choices: ['save', 'show', 'restore'], optional: true },
      { name: 'FILE', kind: 'file', optional: true },
    ],
    options: [addr],
    description: [
      `The cluster keeps its state by itself, over its own death too; save makes sure that all of it is on disk, and writes a
copy to FILE if one is named: commands of ctl(7), which restore sends to this cluster or another one.`,
    ],
    examples: [{ line: 'llamboctl checkpoint save before.ctl', what: 'before something risky' }],
    load: () => import('../commands/control.ts').then(({ checkpoint }) => checkpoint),
  },
  {
    name: 'keys',
    group,
    summary: 'make, list or revoke the API keys of the cluster of this home',
    arguments: [
      { name: 'ACTION', choices: ['list', 'create', 'revoke'], optional: true },
      { name: 'NAME', optional: true },
    ],
    options: [
      {
        name: 'scopes',
        value: 'LIST',
        summary: 'of infer, operate and admin, commas between; default infer',
      },
      { name: 'requests-per-minute', value: 'N', summary: 'requests that it may make' },
      { name: 'tokens-per-minute', value: 'N', summary: 'tokens of prompts and answers' },
      { name: 'concurrency', value: 'N', summary: 'requests at once' },
      json,
    ],
    description: [
      `Without a key whoever reaches the gateway may do everything, and it listens on this machine only; with one, requests
need a key. A key is shown once, when it is made; what is kept is a hash.`,
    ],
    examples: [
      { line: 'llamboctl keys create anna --concurrency 4', what: 'a key for somebody who only asks' },
      { line: 'llamboctl keys create ops --scopes operate', what: 'for who steers the cluster' },
    ],
    load: () => import('../commands/keys.ts'),
  },
  {
    name: 'config',
    group,
    summary: 'show, check or edit the configuration',
    arguments: [
      { name: 'ACTION', choices: ['show', 'validate', 'edit', 'schema'] },
      { name: 'FILE', kind: 'file', optional: true },
    ],
    options: [{ name: 'json', summary: 'show prints JSON' }],
    description: [
      `show prints the whole configuration with all defaults; validate checks it and says line and column of what is
wrong; edit opens it in $VISUAL or $EDITOR and keeps only what is valid; schema prints its JSON Schema.
FILE: llambo.yaml of this folder, if none is named.`,
    ],
    examples: [
      { line: 'llamboctl config validate', what: 'is llambo.yaml right?' },
      { line: 'llamboctl config schema > llambo.schema.json', what: 'for an editor that checks YAML' },
    ],
    load: () => import('../commands/config.ts'),
  },
];
