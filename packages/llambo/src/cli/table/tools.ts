import type { Command } from '../spec.ts';
import { addr, GROUPS, json } from './common.ts';
import { evaluation } from './eval.ts';
import { sim } from './sim.ts';

export const tools: readonly Command[] = [
  {
    name: 'models',
    group: GROUPS.models,
    summary: 'list the models that are known and those that are here',
    options: [json],
    description: ['models(7) describes the names.'],
    load: () => import('../commands/models.ts'),
  },
  {
    name: 'pull',
    group: GROUPS.models,
    summary: 'fetch a model into the store',
    arguments: [{ name: 'NAME', kind: 'model', rest: true }],
    description: [
      `NAME is one that llamboctl models lists, the path of a GGUF file, or hf:user/repo:quant.
Ctrl-C stops; the next pull goes on where it stopped.`,
    ],
    examples: [{ line: 'llamboctl pull smollm2-135m', what: 'the small one' }],
    load: () => import('../commands/pull.ts'),
  },
  evaluation,
  {
    name: 'limbo',
    group: GROUPS.models,
    summary: 'compile a Limbo program',
    arguments: [{ name: 'ARGUMENT', kind: 'file', optional: true, rest: true }],
    description: ['The arguments of limbo(1).'],
    examples: [{ line: 'llamboctl limbo -o hello.dis hello.b', what: 'hello.b to hello.dis' }],
    verbatim: 'all',
    load: () => import('../commands/limbo.ts'),
  },
  {
    name: 'doctor',
    group: GROUPS.tools,
    summary: 'inspect this machine and say what to fix',
    options: [json],
    description: [
      'Looks at Node, processor, memory, disk, ports, models, GPU, configuration and the cluster. Exit status 1: something must be fixed.',
    ],
    load: () => import('../commands/doctor.ts'),
  },
  sim,
  {
    name: 'mount',
    group: GROUPS.tools,
    summary: 'mount the tree of the cluster on a folder',
    arguments: [{ name: 'FOLDER', kind: 'folder' }],
    options: [
      addr,
      { name: 'unmount', short: 'u', summary: 'take it off again' },
      { name: 'print', short: 'n', summary: 'only print the command that does it' },
    ],
    description: [
      `Uses 9pfuse of plan9port with fusermount of the package fuse3, or the 9p file system of the Linux kernel (as root).
The address is a dial string; without one it is the socket of the cluster that runs here.`,
      `Neither can prove a token. Where the address wants one, a dish that has proved it serves the tree on:
llamboctl dish --addr 'tcp!host!5640', there: listen unix!/tmp/far /n/llambo, and: llamboctl mount --addr unix!/tmp/far FOLDER.`,
    ],
    examples: [
      { line: 'llamboctl mount /n/llambo && cat /n/llambo/status', what: 'the files, for any program' },
      { line: 'llamboctl mount -u /n/llambo', what: 'take it off' },
    ],
    load: () => import('../commands/mount.ts'),
  },
  {
    name: 'version',
    group: GROUPS.tools,
    summary: 'print the versions of llamboctl and of the cluster',
    options: [addr, json],
    load: () => import('../commands/version.ts'),
  },
  {
    name: 'completion',
    group: GROUPS.tools,
    summary: 'print what makes a shell complete these commands',
    arguments: [{ name: 'SHELL', choices: ['bash', 'zsh', 'fish'] }],
    examples: [
      { line: 'source <(llamboctl completion bash)', what: 'in ~/.bashrc' },
      { line: 'llamboctl completion zsh > ~/.zfunc/_llamboctl', what: 'for zsh, with ~/.zfunc in fpath' },
      { line: 'llamboctl completion fish > ~/.config/fish/completions/llamboctl.fish', what: 'for fish' },
    ],
    load: () => import('../commands/completion.ts'),
  },
  {
    name: 'help',
    group: GROUPS.tools,
    summary: 'print help of a command, or the manual page',
    arguments: [{ name: 'COMMAND', kind: 'command', optional: true }],
    options: [
      { name: 'man', summary: 'print llamboctl(1), or limbot(1), made from the same tables, as Markdown' },
    ],
    load: () => import('../commands/help.ts'),
  },
  {
    name: 'complete',
    group: GROUPS.tools,
    summary: 'print the names that a word may be, one a line',
    arguments: [
      {
        name: 'KIND',
        choices: ['node', 'class', 'strategy', 'policy', 'model', 'host', 'session'],
      },
    ],
    hidden: true,
    load: () => import('../commands/complete.ts'),
  },
];
