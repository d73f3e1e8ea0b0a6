import type { Command } from '../spec.ts';
import { addr, GROUPS } from './common.ts';

export const programs: readonly Command[] = [
  {
    name: 'run',
    group: GROUPS.models,
    summary: 'run a program beside a node, next to its model',
    arguments: [
      { name: 'PROGRAM', kind: 'file' },
      { name: 'ARGUMENT', kind: 'file', optional: true, rest: true },
    ],
    options: [
      addr,
      { name: 'worker', short: 'w', value: 'NODE', kind: 'node', summary: 'beside this node' },
      { name: 'class', short: 'c', value: 'CLASS', kind: 'class', summary: 'beside a node of this class' },
      { name: 'memory', short: 'm', value: 'SIZE', summary: 'heap that it may take; default 32MB' },
      { name: 'time', short: 't', value: 'SECONDS', summary: 'seconds that it may take; default 60' },
      {
        name: 'mount',
        value: 'ADDRESS=PLACE',
        multiple: true,
        summary: 'a 9P server that it may see, such as tcp!host!5640=/n/data',
      },
    ],
    description: [
      `PROGRAM is Limbo source (.b), which is compiled first, or an object file (.dis). It runs in a virtual machine of its
own that sees /dev/llama, /dis, /tmp, its standard input and output, and what --mount grants: nothing else. It is killed
when its time or memory is over, and when llamboctl ends.`,
    ],
    examples: [
      {
        line: 'llamboctl run examples/mapreduce.b < README.md',
        what: 'summarise a text in parts, and the summaries',
      },
      {
        line: 'llamboctl run -c medium -t 300 judge.dis a b c',
        what: 'on a node of a class, with more time',
      },
    ],
    verbatim: true,
    load: () => import('../commands/run.ts'),
  },
  {
    name: 'host',
    group: GROUPS.cluster,
    summary: 'make this machine a host of a cluster',
    options: [
      { name: 'join', short: 'j', value: 'ADDRESS', summary: "dial string of the orchestrator's files" },
      { name: 'name', short: 'n', value: 'NAME', kind: 'host', summary: "default: the machine's" },
      {
        name: 'listen',
        value: 'ADDRESS',
        summary: 'where it is reached; default tcp!*!0, tls!*!0 with --cert: any free port',
      },
      {
        name: 'address',
        value: 'ADDRESS',
        summary: 'what the orchestrator dials, where that is another address',
      },
      { name: 'token', value: 'TOKEN', summary: "the cluster's secret; better in LLAMBO_TOKEN" },
      { name: 'cert', value: 'FILE', kind: 'file', summary: 'certificate, in place of the token' },
      { name: 'key', value: 'FILE', kind: 'file', summary: 'its private key' },
      { name: 'ca', value: 'FILE', kind: 'file', summary: "the cluster's authority" },
      { name: 'threads', value: 'N', summary: 'threads that run nodes; default: one for each core' },
      { name: 'engine-threads', value: 'N', summary: 'threads of llama.cpp; default: all cores' },
      { name: 'cpus', value: 'N', summary: 'cores that it offers' },
      { name: 'memory', value: 'BYTES', summary: 'memory that it offers' },
      {
        name: 'orphan',
        value: 'SECONDS',
        summary: 'end when there is no orchestrator for so long; default: never',
      },
      {
        name: 'kind',
        value: 'KIND',
        choices: ['llama', 'echo'],
        summary: 'echo: engines without a model, for tests',
      },
    ],
    description: [
      `The cluster must have listen.styx in its configuration; its token is in $LLAMBO_HOME/state/token there. Models that
this machine lacks are fetched from the catalogue, or from the orchestrator. Ctrl-C ends it; its answers go on elsewhere.`,
    ],
    examples: [
      { line: 'LLAMBO_TOKEN=... llamboctl host --join tcp!10.0.0.1!5640', what: 'on the second machine' },
      {
        line: 'llamboctl host --join tls!10.0.0.1!5640 --cert host.pem --key host.key --ca ca.pem',
        what: 'over TLS',
      },
    ],
    load: () => import('../commands/host.ts'),
  },
];
