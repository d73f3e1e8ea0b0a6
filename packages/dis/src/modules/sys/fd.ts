import { type Caller, type Chan, type FdGroup, ignore } from '@llambo/namespace';
import type { Awaitable } from '@llambo/styx';
import { DisError } from '../../errors.ts';
import { type Address, type Call, defineType } from '../../vm/builtin.ts';
import { contextOf } from './context.ts';

/**
 * The FD adt: its number in a group of descriptors. A `ref FD` that Sys made also knows the group, in a word that programs
 * do not know of, and closes its number there when its last reference goes.
 */

/** Groups that FDs of one machine are in, by the number that stands in the FD. */
class Groups {
  private readonly byId = new Map<
    number,
    { readonly group: FdGroup; count: number; readonly undo: () => void }
  >();
  private readonly ids = new Map<FdGroup, number>();
  private last = 0;

  /** Another FD in the group. `atEnd` is told what to do when nobody is left who could give its FDs up. */
  enter(group: FdGroup, atEnd: (end: () => void) => () => void): number {
    let id = this.ids.get(group);
    if (id === undefined) {
      id = ++this.last;
      this.ids.set(group, id);
      const entered = id;
      this.byId.set(id, { group: group.share(), count: 0, undo: atEnd(() => this.forget(entered)) });
    }
    this.byId.get(id)!.count++;
    return id;
  }

  leave(id: number, fd: number): void {
    const entry = this.byId.get(id);
    if (entry === undefined) return;
    if (fd >= 0 && entry.group.has(fd)) entry.group.close(fd);
    if (--entry.count === 0) this.forget(id);
  }

  private forget(id: number): void {
    const entry = this.byId.get(id);
    if (entry === undefined) return;
    this.byId.delete(id);
    this.ids.delete(entry.group);
    entry.undo();
    entry.group.release();
  }
}

// The finaliser of a type gets the heap, not the machine.
const groupsOf = new WeakMap<object, Groups>();

const groupWord = 4;
const FD = defineType(8, '00', (heap, at) => {
  groupsOf.get(heap)?.leave(heap.word(at + groupWord), heap.word(at));
});

/** A new FD, a new reference, for number `fd` of the caller's group. */
export function newFd(call: Call, fd: number): Address {
  const { heap } = call;
  const pointer = heap.newObject(FD);
  let groups = groupsOf.get(heap);
  if (groups === undefined) {
    groups = new Groups();
    groupsOf.set(heap, groups);
  }
  heap.setWord(pointer, fd);
  const context = contextOf(call);
  heap.setWord(
    pointer + groupWord,
    groups.enter(context.fds, (end) => context.atEnd(end)),
  );
  return pointer;
}

/** The number in the FD argument at `offset`; -1 for nil. */
export function fdNumber(call: Call, offset: number): number {
  const pointer = call.pointer(offset);
  return pointer === 0 ? -1 : call.heap.word(pointer);
}

/** The open file of the FD argument at `offset`. Throws when it has none. */
export function chanOf(call: Call, offset: number): Chan {
  return contextOf(call).fds.get(fdNumber(call, offset));
}

/** Enters an open file into the caller's group and makes an FD of it. */
export function enterChan(call: Call, chan: Chan): Address {
  const { fds } = contextOf(call);
  let fd: number;
  try {
    fd = fds.add(chan);
  } catch (error) {
    ignore(() => chan.close());
    throw error;
  }
  try {
    return newFd(call, fd);
  } catch (error) {
    fds.close(fd);
    throw error;
  }
}

/** Who calls, for the name space. */
export function by(call: Call): Caller {
  return contextOf(call).by(call.process, call);
}

/**
 * A system call: `start` does it, at once or later, and `done` leaves its result. When it fails, the process gets the
 * error string, and `failed` leaves what the call returns then. Exceptions of the machine itself go on to the process.
 */
export function syscall<T>(
  call: Call,
  start: () => Awaitable<T>,
  done: (value: T) => void,
  failed: () => void = () => call.returnWord(-1),
): Awaitable<void> {
  const fail = (error: unknown): void => {
    if (error instanceof DisError) throw error;
    setError(call, error);
    failed();
  };
  try {
    const value = start();
    if (!(value instanceof Promise)) {
      done(value);
      return;
    }
    return value.then((v) => {
      try {
        done(v);
      } catch (error) {
        fail(error);
      }
    }, fail);
  } catch (error) {
    fail(error);
  }
}

/** Keeps `chan` open until what was begun with it has ended, though its descriptor may be closed meanwhile. */
export function holding<T>(chan: Chan, value: Awaitable<T>): Awaitable<T> {
  if (!(value instanceof Promise)) return value;
  chan.dup();
  return value.finally(() => ignore(() => chan.close()));
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
/** Bytes of an error string, with the NUL that ends it in the original. */
const ERRMAX = 128;

/** An error string as it is kept: one that is too long ends in "..." after a whole character. */
export function cutError(text: string): string {
  const bytes = encoder.encode(text);
  if (bytes.length < ERRMAX) return text;
  let end = ERRMAX - 5;
  while (end > 0 && (bytes[end]! & 0xc0) === 0x80) end--;
  return `${decoder.decode(bytes.subarray(0, end))}...`;
}

export function setError(call: Call, error: unknown): void {
  call.process.errstr = cutError(error instanceof Error ? error.message : String(error));
}
