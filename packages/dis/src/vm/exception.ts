/**
 * Exceptions: finding the handler, and unwinding to it. A handler covers a range of instructions of one function and has
 * patterns, of which one may end in `*`, then perhaps a wildcard.
 *
 * An exception is a string, or an adt whose first field is its name, declared in Limbo with `exception`. Such a one is
 * only known to the function that raises it and to its caller: from there on it is a string, and goes to patterns of
 * strings.
 */

import { frameModule } from '../heap/layout.ts';
import { typeString } from '../heap/types.ts';
import type { Machine } from './machine.ts';
import type { Process } from './process.ts';
import { cutStack, levels } from './stack.ts';

function matches(pattern: string, name: string): boolean {
  if (pattern === name) return true;
  return pattern.endsWith('*') && name.startsWith(pattern.slice(0, -1));
}

/**
 * Continues the process, whose registers are those of the instruction that raised `name`, at the handler for it. False
 * when there is none, or the name is empty, which ends a process in silence.
 */
export function handle(machine: Machine, p: Process, name: string): boolean {
  const { heap } = machine;
  if (name === '') return false;
  // An exception is the process's last error too: handlers print it with %r.
  p.errstr = name;
  let isString = p.exception === 0 || heap.typeOf(p.exception) === typeString;
  for (const { frame, pc, linkage } of levels(heap, p)) {
    const code = machine.linkageAt(linkage)?.code;
    for (;;) {
      for (const h of code?.handlers ?? []) {
        if (pc < h.pc1 || pc >= h.pc2) continue;
        let target = h.wildcard;
        for (let i = 0; i < h.cases.length; i++) {
          const { name: pattern, pc: to } = h.cases[i]!;
          if (matches(pattern, name) && isString === i >= h.exceptions) {
            target = to;
            break;
          }
        }
        if (target === -1) continue;
        p.lastException = `${p.pc} ${machine.moduleOf(p)} ${name}`;
        unwind(machine, p, frame);
        if (h.type >= 0) heap.releaseAll(frame, code!.types[h.type] ?? 0);
        const value = p.exception !== 0 ? p.exception : machine.exceptionString(name);
        p.exception = 0;
        heap.setPointer(frame + h.offset, value);
        p.pc = target;
        return true;
      }
      if (isString || frame === p.fp) break;
      // Past the caller of the function that raised it: a string now, and looked at once more here.
      const string = heap.retain(heap.word(p.exception));
      heap.release(p.exception);
      p.exception = string;
      isString = true;
    }
  }
  heap.release(p.exception);
  p.exception = 0;
  return false;
}

/** Returns from calls until `frame` is the one that runs. */
function unwind(machine: Machine, p: Process, frame: number): void {
  const { heap } = machine;
  for (const level of levels(heap, p)) {
    if (level.frame === frame) break;
    const module = heap.word(level.frame + frameModule);
    if (module !== 0) {
      heap.setWord(level.frame + frameModule, 0);
      machine.enter(p, module);
    }
  }
  p.fp = frame;
  cutStack(heap, p, frame);
}
