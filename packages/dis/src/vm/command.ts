/** Starting a program as the shell starts one: `init(ctxt: ref Draw->Context, argv: list of string)`. */

import { DisError } from '../errors.ts';
import { typePointer } from '../heap/types.ts';
import { codeFrom } from './code.ts';
import type { Context } from './context.ts';
import type { Machine } from './machine.ts';
import type { Process } from './process.ts';

/** Offset of argv in the frame of init. */
const argvOffset = 36;
/** Hash of the type of `fn(ctxt: ref Draw->Context, argv: list of string)`. */
const initSignature = 0x4244b354;

/** A new `list of string`. */
export function stringList(machine: Machine, strings: readonly string[]): number {
  const { heap } = machine;
  let list = 0;
  for (let i = strings.length - 1; i >= 0; i--) {
    list = heap.cons(typePointer, list);
    heap.setPointer(heap.listData(list), heap.newString(strings[i]!));
  }
  return list;
}

/**
 * Loads the module that `argv[0]` names and starts its `init` with `argv`, in `context`, which is taken over. Rejects
 * when the file cannot be read, is no module or has no `init`.
 */
export async function startProgram(
  machine: Machine,
  context: Context,
  argv: readonly string[],
): Promise<Process> {
  const { data } = await context.load(argv[0]!, { signal: new AbortController().signal });
  return startModule(machine, context, data, argv);
}

/** As `startProgram`, of the object file in `data`; `argv[0]` is the path that it is known by. Throws. */
export function startModule(
  machine: Machine,
  context: Context,
  data: Uint8Array,
  argv: readonly string[],
): Process {
  const code = codeFrom(data);
  const signature = code.exports.find((e) => e.name === 'init')?.sig ?? 0;
  if (signature !== initSignature) {
    const text = `link typecheck ${code.name}->init() ${(signature >>> 0).toString(16)}/${initSignature.toString(16)}`;
    machine.print(`${text}\n`);
    throw new DisError(text);
  }
  return machine.start(code, argv[0]!, context, 'init', (frame) =>
    machine.heap.setPointer(frame + argvOffset, stringList(machine, argv)),
  );
}
