/** What the host's `ctl` file is told, in words. */
import { type Attributes, attributesOf, numberOf, textOf } from '../attributes.ts';
import { badRequest } from './errors.ts';
import type { EngineOptions, WorkerSpec } from './types.ts';

const MIB = 1 << 20;
/** Bytes that a heap gets at least, and at most, of a node's memory. */
const LEAST_HEAP = MIB;
const MOST_HEAP = 64 * MIB;
const MOST_AT_ONCE = 20_000;

/** `worker-0001`, `worker-0001..worker-0750`: all names that the words stand for. Throws when one is none. */
export function workerIds(words: readonly string[]): string[] {
  const ids: string[] = [];
  for (const word of words) {
    const match = /^worker-(\d{1,9})(?:\.\.worker-(\d{1,9}))?$/.exec(word);
    if (match === null)
      throw badRequest(`${word} names no worker: expected worker-0001 or worker-0001..worker-0750`);
    const from = Number(match[1]);
    const to = Number(match[2] ?? from);
    if (to < from || to - from >= MOST_AT_ONCE) throw badRequest(`range ${word} is empty or too long`);
    for (let n = from; n <= to; n++) ids.push(workerId(n));
  }
  if (ids.length === 0) throw badRequest('no worker is named');
  const twice = ids.length > new Set(ids).size ? ids.find((id, i) => ids.indexOf(id) < i) : undefined;
  if (twice !== undefined) throw badRequest(`${twice} is named twice`);
  return ids;
}

/** `worker-0007`. */
export function workerId(n: number): string {
  return `worker-${String(n).padStart(4, '0')}`;
}

const SPAWN = ['class', 'model', 'memory', 'heap', 'cpu', 'context', 'capacity', 'cpu_limit', 'tenant'];
const ENGINE = ['model', 'path', 'context', 'sequences', 'queue', 'kind', 'threads', 'token_ms', 'first_ms'];

function check({ values }: Attributes, known: readonly string[]): void {
  for (const name of values.keys())
    if (!known.includes(name)) throw badRequest(`unknown attribute ${name}: expected ${known.join(', ')}`);
}

/** The nodes of a `spawn` line. `kv` gives the bytes of a token's key-value cells. */
export function parseSpawn(words: readonly string[], kv: (model: string) => number): WorkerSpec[] {
  const a = attributesOf(words);
  check(a, SPAWN);
  const ids = workerIds(a.words);
  const model = textOf(a, 'model');
  const memory = numberOf(a, 'memory', undefined, LEAST_HEAP);
  const context = numberOf(a, 'context', 2048, 1);
  const capacity = numberOf(a, 'capacity', 1, 1, 256);
  const limit = a.values.get('cpu_limit') ?? 'soft';
  if (limit !== 'soft' && limit !== 'hard') throw badRequest(`cpu_limit=${limit}: expected soft or hard`);
  const rest = Math.min(MOST_HEAP, memory - capacity * context * kv(model));
  const tenant = a.values.get('tenant');
  const shape = {
    class: textOf(a, 'class', 'default'),
    model,
    memory,
    heap: numberOf(a, 'heap', Math.max(LEAST_HEAP, rest), 65_536),
    cpu: numberOf(a, 'cpu', 1, 0.001, 1024),
    context,
    capacity,
    hard: limit === 'hard',
    ...(tenant === undefined ? {} : { tenant }),
  };
  return ids.map((id) => ({ id, ...shape }));
}

/** The engine of an `engine` line. */
export function parseEngine(
  words: readonly string[],
  usual: { readonly kind: 'llama' | 'echo'; readonly threads?: number | undefined },
): EngineOptions {
  const a = attributesOf(words);
  check(a, ENGINE);
  if (a.words.length > 0) throw badRequest(`${a.words[0]}: expected name=value`);
  const kind = a.values.get('kind') ?? usual.kind;
  if (kind !== 'llama' && kind !== 'echo') throw badRequest(`kind=${kind}: expected llama or echo`);
  const path = a.values.get('path');
  const threads = a.values.has('threads') ? numberOf(a, 'threads', undefined, 1, 1024) : usual.threads;
  return {
    kind,
    name: textOf(a, 'model'),
    ...(path === undefined || path === '' ? {} : { path }),
    context: numberOf(a, 'context', 2048, 1),
    sequences: numberOf(a, 'sequences', 32, 1, 256),
    queue: numberOf(a, 'queue', 1024, 0),
    ...(threads === undefined ? {} : { threads }),
    ...(kind === 'echo'
      ? { tokenMs: numberOf(a, 'token_ms', 1, 0, 60_000), firstMs: numberOf(a, 'first_ms', 0, 0, 600_000) }
      : {}),
  };
}
