/** What an engine process is told when it starts: attributes on its command line. */
import type { EchoOptions, LocalEngineOptions } from '@llambo/llama';
import { badRequest } from '../wire/errors.ts';
import { shown } from '../wire/words.ts';

export interface EngineProcessOptions extends Partial<Omit<LocalEngineOptions, 'log'>> {
  /** `llama` needs a path; `echo` has no model, for tests of what is around it. */
  readonly kind: 'llama' | 'echo';
  /** Path of the unix socket that it serves. */
  readonly socket: string;
  /** Of `echo` only, EchoOptions. */
  readonly tokenMs?: EchoOptions['tokenMs'];
  readonly firstMs?: EchoOptions['firstMs'];
}

const NAMES: readonly (readonly [string, keyof EngineProcessOptions, 'text' | 'number'])[] = [
  ['kind', 'kind', 'text'],
  ['socket', 'socket', 'text'],
  ['path', 'path', 'text'],
  ['name', 'name', 'text'],
  ['context', 'context', 'number'],
  ['sequences', 'sequences', 'number'],
  ['queue', 'queue', 'number'],
  ['threads', 'threads', 'number'],
  ['gpu_layers', 'gpuLayers', 'number'],
  ['token_ms', 'tokenMs', 'number'],
  ['first_ms', 'firstMs', 'number'],
];

/** One argument an attribute. */
export function formatOptions(options: EngineProcessOptions): string[] {
  return NAMES.flatMap(([name, member]) =>
    options[member] === undefined ? [] : [`${name}=${options[member]}`],
  );
}

/** @throws LlamaError `bad-request` that names the argument */
export function parseOptions(args: readonly string[]): EngineProcessOptions {
  const options: Record<string, string | number> = { kind: 'llama' };
  for (const arg of args) {
    const equals = arg.indexOf('=');
    const value = arg.slice(equals + 1);
    const [, member, type] = NAMES.find(([name]) => name === arg.slice(0, Math.max(0, equals))) ?? [];
    if (member === undefined) throw badRequest(`unknown argument ${shown(arg)}`);
    if (type === 'number' && !/^-?\d+(\.\d+)?$/.test(value))
      throw badRequest(`${arg.slice(0, equals)}: expected a number, got ${shown(value)}`);
    options[member] = type === 'number' ? Number(value) : value;
  }
  const { kind, socket, path } = options;
  if (kind !== 'llama' && kind !== 'echo')
    throw badRequest(`kind: expected llama or echo, got ${shown(String(kind))}`);
  if (socket === undefined) throw badRequest('socket=PATH is missing');
  if (kind === 'llama' && path === undefined) throw badRequest('path=MODEL is missing');
  return options as unknown as EngineProcessOptions;
}
