import type { Command } from '../spec.ts';
import { cluster } from './cluster.ts';
import { nodes } from './nodes.ts';
import { programs } from './programs.ts';
import { talk } from './talk.ts';
import { tools } from './tools.ts';
import { watch } from './watch.ts';

/** Every command: help, manual page, completion and dispatch are made of this. */
export const COMMANDS: readonly Command[] = [...talk, ...cluster, ...nodes, ...watch, ...programs, ...tools];
