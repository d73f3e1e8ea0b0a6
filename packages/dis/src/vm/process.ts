/** A Dis process: its registers, what it waits for, and what it belongs to. */

import type { Waiter } from './channel.ts';
import type { Code } from './code.ts';
import type { Context } from './context.ts';
import type { Debugger } from './debug.ts';
import type { Machine } from './machine.ts';

export type State = 'alt' | 'send' | 'recv' | 'debug' | 'ready' | 'release' | 'exiting' | 'broken';

/** Flags of /prog/N/ctl "exceptions ...", and of the restrictions that a group's children inherit. */
export const propagate = 1;
export const notifyLeader = 2;

export class Process {
  readonly machine: Machine;
  readonly pid: number;
  readonly parent: number;
  group: number;
  context: Context;
  state: State = 'ready';
  private error = '';
  flags = 0;
  /** INVAL, ZDIV, OVFL and UNFL: what a process of the original starts with. */
  fpControl = 0xf;
  fpStatus = 0;
  /** Milliseconds of running time. */
  milliseconds = 0;

  // Registers: valid while no engine runs the process.
  /** Number of the next instruction. */
  pc = 0;
  /** What its last turn left of the branches that it was given. */
  left = 0;
  /** Frame; 0 before the first and after the last. */
  fp = 0;
  /** Where the next frame goes, end of the chunk, and first frame of the chunk. */
  sp = 0;
  top = 0;
  base = 0;
  /** Module reference (owned) that it runs in, its code and data. */
  linkage = 0;
  code: Code | undefined = undefined;
  mp = 0;

  /** Next in the run queue. */
  next: Process | undefined = undefined;
  queued = false;
  /** Value of the exception on its way, when it is not just a string: a reference of its own; else nil. */
  exception = 0;
  /** What was thrown by the instruction at `pc`. */
  fault: unknown = undefined;
  /** Exception to raise when it runs next; '' means to end at once. */
  kill: string | undefined = undefined;
  killed = false;
  /** Where it waits while its state is send or recv; and while it is alt. */
  waiter: Waiter | undefined = undefined;
  readonly waiters: Waiter[] = [];
  /** Registers of a blocked alt: where the index of the selected entry goes. */
  altResult = 0;
  /** A call of the host that it waits for, while its state is release. */
  pending: { abort(): void } | undefined = undefined;
  /** Text of the last exception that was caught: pc, module, name; for /prog/N/exception. */
  lastException = '';
  /** Who reads its wait file; those of its parent when it was spawned. Told `pid "module":why` when it ends. */
  watchers: Set<(text: string) => void> | undefined = undefined;
  parentWatchers: Set<(text: string) => void> | undefined = undefined;
  /** Who has its dbgctl open. */
  debugger: Debugger | undefined = undefined;
  /** Why it is broken. */
  brokenWhy = '';

  constructor(machine: Machine, pid: number, parent: number, group: number, context: Context) {
    this.machine = machine;
    this.pid = pid;
    this.parent = parent;
    this.group = group;
    this.context = context;
  }

  /** What %r prints. As in the original, what is past 127 bytes is lost. */
  get errstr(): string {
    return this.error;
  }

  set errstr(text: string) {
    this.error = clipped(text);
  }

  get module(): string {
    return this.machine.moduleName(this.linkage);
  }

  get user(): string {
    return this.context.user;
  }

  /** Bytes of its stack. */
  get size(): number {
    return this.machine.stackSize(this);
  }

  newGroup(): void {
    if (this.group === this.pid) return;
    this.flags &= ~(propagate | notifyLeader);
    this.group = this.pid;
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
/** Bytes of an error string, with the zero at its end. */
const ERRMAX = 128;

/** The characters of `text` that fit into an error string. */
export function clipped(text: string): string {
  if (text.length * 3 < ERRMAX) return text;
  const bytes = encoder.encode(text);
  if (bytes.length < ERRMAX) return text;
  let end = ERRMAX - 1;
  while (end > 0 && (bytes[end]! & 0xc0) === 0x80) end--;
  return decoder.decode(bytes.subarray(0, end));
}
