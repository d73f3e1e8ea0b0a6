/** What runs a process's instructions; see the calling contract in heap/layout.ts. */

import type { Machine } from '../vm/machine.ts';
import type { Process } from '../vm/process.ts';

/** Why an engine came back. */
export const Ran = 0;
/** The process waits: it is in no run queue, and the machine will make it ready again. */
export const Blocked = 1;
/** The process returned from its first function, or executed exit. */
export const Ended = 2;
/** `process.fault` holds what was thrown, and the registers are those of the instruction that did. */
export const Faulted = 3;

export interface Engine {
  readonly name: string;
  /**
   * Runs a ready process for about `quantum` instructions: what is left when it blocks is not made up for. Registers are
   * read from and written back to the process.
   */
  run(
    machine: Machine,
    process: Process,
    quantum: number,
  ): typeof Ran | typeof Blocked | typeof Ended | typeof Faulted;
}
