/**
 * The contract between the machine and the modules that are built into it ($Sys, $Math, $Keyring, $Loader): how one
 * registers, what it is given on a call, and how it answers.
 *
 * A call follows the rules of the original emulator. The caller has made a frame in the machine's memory, whose layout
 * is that of a Dis function: the word at 16 holds the address of the return value, arguments start at 32, each aligned
 * to its size (byte arguments take a word). Reals and bigs are 8 bytes, aligned to 8; strings, arrays, lists, adt
 * references and channels are one pointer word; nil is 0. A tuple lies in the frame like a struct.
 *
 * References are counted. A pointer in a frame slot, an object's field or an array element owns one reference. Functions
 * here that return a pointer give the caller a reference of its own ("new reference"), or say "borrowed" when the
 * pointer is only valid while something else holds it. The machine destroys the frame, and with it the arguments, when
 * the call has ended; it does not touch the return slot, which holds a live old value until it is overwritten: use
 * `setPointer` and the `return...` members, which release what they replace.
 */

import type { Awaitable, Call as FileCall } from '@llambo/styx';
import type { Context } from './context.ts';

export type { Context } from './context.ts';

/** A byte address in the machine's memory; 0 is nil where a pointer is meant. */
export type Address = number;

/** A type descriptor's number in the table that all machines of this JavaScript process share; see `defineType`. */
export type TypeId = number;

export interface BuiltinModule {
  /** As programs load it, "$Sys". */
  readonly name: string;
  readonly functions: readonly BuiltinFunction[];
}

/** A built-in module that is fetched when a program loads it first. */
export interface LazyModule {
  readonly name: string;
  load(): Promise<BuiltinModule>;
}

export interface BuiltinFunction {
  /** Name in the module's interface; member functions of an adt as "Adt.name". */
  readonly name: string;
  /** The hash of its type that Limbo compilers put into object files; any 32 bits, signed or not. */
  readonly signature: number;
  /** Bytes of its frame, and the frame's pointer map as in a `desc` directive; 0 and "" when arguments vary. */
  readonly size: number;
  readonly map: string;
  /**
   * Runs the function. Returning a promise blocks only the calling Dis process, until it settles. `call` is valid until
   * then, and belongs to this call alone. A `DisError` that is thrown (or rejects the promise) raises the exception of
   * that name in the calling process; any other error raises its message.
   */
  run(call: Call): Awaitable<void>;
}

/** One call of a builtin function in progress. Offsets are bytes from the start of the frame. */
export interface Call {
  readonly machine: Machine;
  readonly process: Process;
  readonly heap: Heap;
  /** Address of the frame. */
  readonly frame: Address;
  /** Type of the frame, made by the caller: tells the pointers among variable arguments. */
  readonly frameType: TypeId;
  /** Address of the return value, in the caller's memory. */
  readonly result: Address;
  /** Aborted when the process is killed (or gets an exception from outside) while a promise of this call is pending. */
  readonly signal: AbortSignal;
  /** As a listener on `signal`, for calls that are many: see Call of @llambo/styx. */
  onAbort(fn: () => void): boolean;

  word(offset: number): number;
  byte(offset: number): number;
  real(offset: number): number;
  big(offset: number): bigint;
  /** Borrowed: the frame holds the reference. */
  pointer(offset: number): Address;
  /** The string argument; '' for nil. */
  string(offset: number): string;
  /**
   * The bytes of an `array of byte` argument, in place: writes are seen by the program. Empty for nil. Valid until the
   * next allocation or `await`: take it again after either.
   */
  bytes(offset: number): Uint8Array;

  returnWord(value: number): void;
  returnReal(value: number): void;
  returnBig(value: bigint): void;
  /** Takes over one reference of `pointer`; 0 for nil. */
  returnPointer(pointer: Address): void;
  /** A new string (an empty one for '', not nil). */
  returnString(value: string): void;
}

/** Access to a machine's memory and heap. Reads outside the memory give 0, writes there do nothing. */
export interface Heap {
  /** Views of the whole memory; replaced when it grows, so take them anew after every allocation. */
  readonly i32: Int32Array;
  readonly u8: Uint8Array;
  readonly f64: Float64Array;

  word(at: Address): number;
  setWord(at: Address, value: number): void;
  byte(at: Address): number;
  setByte(at: Address, value: number): void;
  real(at: Address): number;
  setReal(at: Address, value: number): void;
  big(at: Address): bigint;
  setBig(at: Address, value: bigint): void;
  /** The pointer stored at `at`; borrowed. */
  pointer(at: Address): Address;
  /** Stores `pointer`, taking over one reference of it, and releases what was there. */
  setPointer(at: Address, pointer: Address): void;

  /** Adds a reference, and gives the pointer back; nil is let through. */
  retain(pointer: Address): Address;
  /** Gives a reference up: the object goes when it was the last. */
  release(pointer: Address): void;
  /** 0 for nil and for what is no object. */
  typeOf(pointer: Address): TypeId;
  /** References that an object has; 0 for nil. */
  references(pointer: Address): number;

  /**
   * A new reference to a new object, all zero (nil). All allocations raise "out of memory: heap" past the limit of the
   * machine.
   */
  newObject(type: TypeId): Address;

  /** A new reference; '' gives an empty string, which equals nil but is not nil. Lone surrogates become U+FFFD. */
  newString(value: string): Address;
  /** The characters of a string; '' for nil. */
  string(pointer: Address): string;
  /** Characters (code points) in a string; 0 for nil. */
  stringLength(pointer: Address): number;

  /** A new `array [n] of` the element type, all zero. */
  newArray(element: TypeId, n: number): Address;
  /** A new array of byte with a copy of `data`. */
  newBytes(data: Uint8Array): Address;
  arrayLength(pointer: Address): number;
  arrayElement(pointer: Address): TypeId;
  /** Address of the first element; element `i` is at `+ i * size of the element type`. */
  arrayData(pointer: Address): Address;
  /** The bytes of an array of byte in place; empty for nil. Valid until the next allocation or `await`. */
  bytes(pointer: Address): Uint8Array;

  /**
   * A new list cell before `tail`, whose reference it takes over; fill the element at `listData`, of which pointers
   * start as nil. `element` may be `typeByte`, `typeWord`, `typeReal`, `typeBig`, `typePointer` or one of your own.
   */
  cons(element: TypeId, tail: Address): Address;
  /** Borrowed; nil at the end. */
  listTail(pointer: Address): Address;
  listData(pointer: Address): Address;

  /** A new channel of the element type with room for `n` values, 0 for a rendezvous. */
  newChannel(element: TypeId, n: number): Address;
}

/** The process-wide types that need no definition. */
/**
 * Names a type: size in bytes, pointer map as in a `desc` directive (hex, most significant bit first, one bit a word).
 * `free`, if any, runs once when an object of the type dies, before its pointers are released: it must not allocate or
 * keep the address. For descriptors like Sys's FD. Call it when a module of yours is first imported, not for each object.
 */
export {
  defineType,
  typeBig,
  typeByte,
  typePointer,
  typeReal,
  typeSize,
  typeString,
  typeWord,
} from '../heap/types.ts';

/** A Dis process. */
export interface Process {
  readonly pid: number;
  /** Id of its process group (pid of the leader); `newGroup` leaves it for a new one. */
  readonly group: number;
  /** What %r prints: the last error of a system call. Set it before returning -1 or nil. */
  errstr: string;
  /** What the modules keep for a process: name space, file descriptors, environment, user, ... See `Context`. */
  context: Context;
  /** Floating-point control and status words of Math: getFPcontrol, getFPstatus. */
  fpControl: number;
  fpStatus: number;
  /** Propagate and notify-leader flags of /prog/N/ctl "exceptions propagate|notifyleader": 1, 2. */
  flags: number;
  /** Text of its state in /prog/N/status: alt send recv debug ready release exiting broken. */
  readonly state: string;
  /** Name of the module that it runs in. */
  readonly module: string;
  /** pctl(NEWPGRP). */
  newGroup(): void;
  /** Bytes of its stack, and milliseconds that it ran. */
  readonly size: number;
  readonly milliseconds: number;
  /** pid of the process that spawned it; 0 for the first. */
  readonly parent: number;
  /** User of the process, name for /prog/N/status. */
  readonly user: string;
}

/** A machine, as builtin modules see it. */
export interface Machine {
  readonly heap: Heap;
  /** Milliseconds since the machine started; follows the clock that the host gave to it. */
  milliseconds(): number;
  process(pid: number): Process | undefined;
  /** In order of pid. */
  processes(): readonly Process[];
  /** As a write of "kill" or "killgrp" to /prog/N/ctl; false when there is no such process. */
  kill(pid: number): boolean;
  killGroup(group: number, except?: number): boolean;
  /** As "exception E" to /prog/N/ctl: raises it in the process, even in a blocked one. */
  raise(pid: number, exception: string): boolean;
  /** The stack of a process, innermost first: instruction number, module's name, object file's path, frame. */
  stack(pid: number): readonly { pc: number; module: string; path: string; frame: Address }[];

  /**
   * Sends on a channel from outside: `fill` writes the value (whose memory starts zero) at the address that it is given,
   * at once or when a process receives. Resolves with true when the value was taken, with false when the channel died,
   * or `call` was aborted, first. Holds no reference.
   */
  send(channel: Address, fill: (at: Address) => void, call?: FileCall): Awaitable<boolean>;
  /** Receives from a channel from outside: `take` reads the value at the address that it is given. As `send`. */
  receive(channel: Address, take: (at: Address) => void, call?: FileCall): Awaitable<boolean>;
  /** True when a process waits to receive from the channel, or there is room in its buffer. */
  canSend(channel: Address): boolean;

  /** What a module (as its `free` of types) keeps for this machine, made on first use. */
  state<T extends object>(key: symbol, make: () => T): T;
  /** A loaded module's insides, for the Loader module: borrowed from the module reference `pointer`. */
  linkage(pointer: Address): Linkage | undefined;
  /** Makes a module reference of an object file's bytes, as `load` does; a new reference. */
  link(path: string, data: Uint8Array): Address;
  /** Writes a line like the emulator's own prints, which appear among the program's output. */
  print(text: string): void;
  /** Bytes in use, and the limit. */
  readonly memoryUsed: number;
  readonly memoryLimit: number;
}

/** A module reference, seen from inside. */
export interface Linkage {
  readonly name: string;
  readonly path: string;
  /** Module's data; 0 when it has none. */
  readonly data: Address;
  /** The object file as read. */
  readonly object: unknown;
  readonly types: readonly TypeId[];
}
