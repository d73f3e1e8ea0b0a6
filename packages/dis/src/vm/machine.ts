/**
 * A Dis machine: one memory, the modules loaded into it, and its processes, which take turns on an engine. It owns no
 * thread and no timer: whoever has one calls `run` while the machine is ready, see scheduler.ts.
 */

import type { Call as FileCall } from '@llambo/styx';
import type { Engine } from '../engine/engine.ts';
import { Blocked, Ended, Faulted, Ran } from '../engine/engine.ts';
import { Interpreter } from '../engine/interp.ts';
import { DisError, eNoMemory, eOpcode, eSpawn, moduleFault, opcodeFault } from '../errors.ts';
import { Heap } from '../heap/heap.ts';
import { frameCaller, frameLink, frameModule, frameType, linkageData, linkageSlot } from '../heap/layout.ts';
import { pointerLists, sizes } from '../heap/types.ts';
import type { BuiltinModule, LazyModule, Linkage as LinkageView, Machine as MachineView } from './builtin.ts';
import { BuiltinCall } from './call.ts';
import { Channels } from './channel.ts';
import { type Code, codeFrom } from './code.ts';
import type { Context } from './context.ts';
import { handle } from './exception.ts';
import type { Linkage } from './linkage.ts';
import { Loader } from './loader.ts';
import { clipped, notifyLeader, Process, propagate } from './process.ts';
import { cutStack, freeStack, levels, popFrame, pushFrame, stackSize } from './stack.ts';

export interface MachineOptions {
  /** Bytes that the memory may grow to; rounded down to 64 KiB, at least that. */
  readonly memory?: number;
  /** Processes at once; `spawn` past it raises "out of memory: main". */
  readonly processes?: number;
  readonly builtins?: readonly (BuiltinModule | LazyModule)[];
  readonly engine?: Engine;
  /** Instructions that a process runs in its turn. */
  readonly quantum?: number;
  /** What the machine itself has to say, such as that a process broke; ends with a newline. */
  readonly print?: (text: string) => void;
  /** Milliseconds from any start. */
  readonly clock?: () => number;
  /** Keeps processes that ended by an error, for a debugger, instead of freeing what they hold. */
  readonly keepBroken?: boolean;
  /** A process has ended; `why` is empty, or its exception. */
  readonly ended?: (process: Process, why: string) => void;
}

export class Machine implements MachineView {
  readonly heap: Heap;
  readonly channels: Channels;
  readonly loader: Loader;
  readonly engine: Engine;
  readonly options: MachineOptions;
  /** Called when there is something to run and there was nothing. */
  onReady: () => void = () => {};
  /** Called when the last process has gone (broken ones that are kept do not count). */
  onIdle: () => void = () => {};
  private readonly table = new Map<number, Process>();
  /** Instructions that its processes have executed, about: one in four is taken for a branch, and these are counted. */
  instructions = 0;
  private readonly linkages: (Linkage | undefined)[] = [undefined];
  private readonly freeLinkages: number[] = [];
  private readonly states = new Map<symbol, object>();
  private lastPid = 0;
  private alive = 0;
  private first: Process | undefined = undefined;
  private last: Process | undefined = undefined;
  private current: Process | undefined = undefined;
  private collecting: Generator<void> | undefined = undefined;
  private spareCall: BuiltinCall | undefined = undefined;
  private readonly started: number;
  private readonly clock: () => number;
  private readonly quantum: number;
  private readonly mostProcesses: number;

  constructor(options: MachineOptions = {}) {
    this.options = options;
    this.heap = new Heap(options.memory ?? 64 << 20);
    this.channels = new Channels(this.heap, (p) => this.makeReady(p));
    this.loader = new Loader(this, options.builtins ?? []);
    this.engine = options.engine ?? new Interpreter();
    this.clock = options.clock ?? (() => performance.now());
    this.started = this.clock();
    this.quantum = options.quantum ?? 2048;
    this.mostProcesses = options.processes ?? 20000;
    this.heap.onLinkageFree = (at) => {
      const slot = this.heap.word(at + linkageSlot);
      if (slot > 0 && this.linkages[slot] !== undefined) {
        this.linkages[slot] = undefined;
        this.freeLinkages.push(slot);
      }
    };
  }

  // Module references.

  /** A module reference's slot of `linkage`. */
  addLinkage(linkage: Linkage): number {
    const slot = this.freeLinkages.pop() ?? this.linkages.length;
    this.linkages[slot] = linkage;
    return slot;
  }

  linkageAt(pointer: number): Linkage | undefined {
    if (pointer === 0) return undefined;
    return this.linkages[this.heap.word(pointer + linkageSlot)];
  }

  linkage(pointer: number): LinkageView | undefined {
    const linkage = this.linkageAt(pointer);
    if (linkage === undefined) return undefined;
    const { name, path, object, types } = linkage;
    return { name, path, object, types, data: this.heap.word(pointer + linkageData) };
  }

  link(path: string, data: Uint8Array): number {
    return this.loader.link(path, codeFrom(data), undefined);
  }

  moduleName(pointer: number): string {
    return this.linkageAt(pointer)?.name ?? '';
  }

  /** Where a process is, for people: a module, or `caller[$builtin]`. */
  moduleOf(p: Process): string {
    const name = this.moduleName(p.linkage);
    if (!name.startsWith('$')) return name;
    return `${this.moduleName(this.heap.word(p.fp + frameModule))}[${name}]`;
  }

  /** Bytes of a process's stack, and of the code and data of the modules on it. */
  processSize(p: Process): number {
    let size = stackSize(this.heap, p);
    let last = 0;
    for (const { linkage } of levels(this.heap, p)) {
      if (linkage === last) continue;
      last = linkage;
      const data = this.heap.word(linkage + linkageData);
      if (this.heap.isObject(data)) size += this.heap.room(data);
      size += (this.linkageAt(linkage)?.code?.words.length ?? 0) * 4;
    }
    return size;
  }

  /** The process goes on in the module that `pointer` refers to, whose reference it takes over. */
  enter(p: Process, pointer: number): void {
    const old = p.linkage;
    p.linkage = pointer;
    p.mp = this.heap.word(pointer + linkageData);
    const linkage = this.linkageAt(pointer);
    if (linkage === undefined) throw opcodeFault;
    p.code = linkage.code;
    this.heap.release(old);
  }

  // Processes.

  /**
   * A first process that runs `code` from its function `name` (or from its entry), with the frame that `fill` writes the
   * arguments to. It ends when the function returns.
   */
  start(code: Code, path: string, context: Context, name: string, fill: (frame: number) => void): Process {
    const exported = code.exports.find((e) => e.name === name);
    const pc = exported?.pc ?? code.entryPc;
    const type = exported?.frame ?? code.entryType;
    if (pc < 0 || type === 0) throw new DisError(`${code.name} has no function ${name}`);
    const linkage = this.loader.link(path, code, undefined);
    const p = this.newProcess(undefined, context);
    this.enter(p, linkage);
    this.enterFirst(p, pc, type);
    fill(p.fp);
    this.makeReady(p);
    return p;
  }

  private enterFirst(p: Process, pc: number, type: number): void {
    const frame = pushFrame(this.heap, p, type);
    this.heap.setWord(frame + frameLink, 0);
    this.heap.setWord(frame + frameCaller, 0);
    p.fp = frame;
    p.pc = pc;
  }

  private newProcess(parent: Process | undefined, context: Context): Process {
    const pid = ++this.lastPid;
    const p = new Process(this, pid, parent?.pid ?? 0, parent?.group ?? pid, context);
    if (parent !== undefined) p.flags = parent.flags;
    this.table.set(pid, p);
    this.alive++;
    return p;
  }

  /**
   * spawn and mspawn: a process that starts at `pc` of the module `linkage` (borrowed), with the frame that the parent,
   * whose stack registers are current, has made for it.
   */
  spawn(parent: Process, frame: number, linkage: number, pc: number): void {
    const { heap } = this;
    if (parent.killed) throw new DisError('');
    if (this.alive >= this.mostProcesses) throw new DisError(eNoMemory);
    const type = heap.word(frame + frameType);
    if (type <= 0 || pointerLists[type] === undefined) throw opcodeFault;
    const child = new Process(this, this.lastPid + 1, parent.pid, parent.group, parent.context);
    // What may fail comes first.
    this.enterFirst(child, pc, type);
    child.context = parent.context.spawn();
    this.lastPid++;
    child.flags = parent.flags;
    child.fpControl = parent.fpControl;
    child.parentWatchers = parent.watchers;
    this.table.set(child.pid, child);
    this.alive++;
    this.enter(child, heap.retain(linkage));
    // The arguments move, references and all.
    const size = sizes[type]!;
    heap.u8.copyWithin(child.fp + 16, frame + 16, frame + size);
    popFrame(heap, parent, frame);
    parent.debugger?.tell(`new ${child.pid}`);
    this.makeReady(child);
  }

  mspawn(parent: Process, frame: number, pointer: number, index: number): void {
    if (pointer === 0) throw moduleFault;
    const linkage = this.linkageAt(pointer);
    if (linkage === undefined) throw opcodeFault;
    if (linkage.code === undefined) throw new DisError(eSpawn);
    this.spawn(parent, frame, pointer, entryOf(linkage, index));
  }

  /** Puts a process at the end of the run queue. */
  makeReady(p: Process): void {
    if (p.debugger !== undefined && (p.state === 'send' || p.state === 'recv' || p.state === 'alt'))
      p.debugger.tell('run');
    p.state = 'ready';
    if (p.queued) return;
    p.queued = true;
    p.next = undefined;
    if (this.last === undefined) this.first = p;
    else this.last.next = p;
    this.last = p;
    if (this.first === p && this.current === undefined) this.onReady();
  }

  /** True when `run` would have something to do. */
  get isReady(): boolean {
    return this.first !== undefined;
  }

  /** Processes that have not ended; broken ones that are kept do not count. */
  get processCount(): number {
    return this.alive;
  }

  /** Gives turns to ready processes until there are none, or `until` of the clock is reached. */
  run(until: number): void {
    const { clock, quantum } = this;
    let now = clock();
    let short = 0;
    do {
      if (this.collecting !== undefined || this.heap.collectionDue) {
        this.collecting ??= this.heap.collection();
        if (this.collecting.next().done) this.collecting = undefined;
        now = clock();
        continue;
      }
      const p = this.first;
      if (p === undefined) break;
      this.first = p.next;
      if (this.first === undefined) this.last = undefined;
      p.queued = false;
      // Turns that end soon are many: the clock is too slow to be asked after each.
      if (this.turn(p, quantum) !== Ran && ++short < 16) continue;
      short = 0;
      const after = clock();
      p.milliseconds += after - now;
      now = after;
    } while (now < until);
    if (this.alive === 0) this.onIdle();
  }

  private turn(p: Process, quantum: number): number {
    this.current = p;
    let status: number = Ran;
    if (p.kill !== undefined) {
      p.fault = new DisError(p.kill);
      p.kill = undefined;
      status = Faulted;
    } else if (p.fault !== undefined) status = Faulted;
    else {
      const stepped = p.debugger?.turn();
      status = stepped === true ? Blocked : (stepped ?? this.engine.run(this, p, quantum));
      if (status === Blocked && stepped !== true && p.state !== 'release') p.debugger?.tell(p.state);
    }
    if (status === Faulted) status = this.fault(p);
    else if (p.kill !== undefined && status === Ran) {
      // Killed by itself, or by a host function that it called.
      p.fault = new DisError(p.kill);
      p.kill = undefined;
      status = this.fault(p);
    }
    this.current = undefined;
    if (status === Ran) this.makeReady(p);
    else if (status === Ended) this.exit(p, '');
    return status;
  }

  /** Raises what was thrown: at a handler, or as the end of the process. */
  private fault(p: Process): number {
    const error = p.fault;
    p.fault = undefined;
    const name =
      error instanceof DisError
        ? error.message
        : error instanceof RangeError || error instanceof TypeError
          ? eOpcode
          : error instanceof Error
            ? error.message
            : String(error);
    try {
      if (handle(this, p, name)) return Ran;
    } catch (again) {
      this.exit(p, again instanceof DisError ? again.message : eOpcode);
      return Blocked;
    }
    this.exit(p, name);
    return Blocked;
  }

  /** The string that a handler gets; the heap may be what has run out. */
  exceptionString(name: string): number {
    try {
      return this.heap.newString(name);
    } catch {
      return 0;
    }
  }

  private exit(p: Process, exception: string): void {
    const reason = clipped(exception);
    const why = reason === '' && p.killed ? 'killed' : reason;
    const broken = reason !== '' && reason !== 'interrupted' && !reason.startsWith('fail:');
    p.debugger?.tell(broken ? `broken: ${reason.slice(0, 64)}` : 'exited');
    p.debugger?.end();
    this.propagate(p, reason);
    if (broken) this.print(`[${p.module}] Broken: "${reason}"\n`);
    this.alive--;
    if (broken && this.options.keepBroken === true && !reason.startsWith('out of memory')) {
      p.state = 'broken';
      p.brokenWhy = reason;
      tell(p, why);
      this.options.ended?.(p, why);
      return;
    }
    this.remove(p, why);
    this.options.ended?.(p, why);
  }

  private remove(p: Process, why: string): void {
    p.state = 'exiting';
    tell(p, why);
    this.channels.cancel(p);
    freeStack(this.heap, p);
    this.heap.release(p.linkage);
    p.linkage = 0;
    p.code = undefined;
    this.heap.release(p.exception);
    p.exception = 0;
    this.table.delete(p.pid);
    p.context.exit();
  }

  /** What the rest of the group gets of a process's end, when the group asked for it. */
  private propagate(p: Process, reason: string): void {
    if ((p.flags & (propagate | notifyLeader)) === 0) return;
    if (reason === '' && !p.killed) return;
    const name = reason === '' ? 'killed' : reason;
    const leader = this.table.get(p.group) ?? p;
    if ((leader.flags & (propagate | notifyLeader)) === 0) return;
    for (const other of this.processes()) {
      if (other.group !== p.group || other === p || other === leader) continue;
      if (leader.flags & propagate) this.raise(other.pid, name);
      else {
        other.flags &= ~(propagate | notifyLeader);
        this.kill(other.pid);
      }
    }
    if (p !== leader) this.raise(leader.pid, name);
  }

  process(pid: number): Process | undefined {
    return this.table.get(pid);
  }

  processes(): readonly Process[] {
    return [...this.table.values()];
  }

  kill(pid: number): boolean {
    const p = this.table.get(pid);
    if (p === undefined) return false;
    p.killed = true;
    if (p === this.current || p.state === 'release') {
      p.kill = '';
      p.pending?.abort();
      return true;
    }
    if (p.state === 'broken') this.remove(p, 'killed');
    else {
      this.unqueue(p);
      this.exit(p, '');
      if (this.alive === 0) this.onIdle();
    }
    return true;
  }

  private unqueue(p: Process): void {
    if (!p.queued) return;
    p.queued = false;
    let before: Process | undefined;
    for (let q = this.first; q !== undefined; before = q, q = q.next) {
      if (q !== p) continue;
      if (before === undefined) this.first = p.next;
      else before.next = p.next;
      if (this.last === p) this.last = before;
      return;
    }
  }

  killGroup(group: number, except = 0): boolean {
    const members = this.processes().filter((p) => p.group === group);
    for (const p of members) if (p.pid !== except && p !== this.current) this.kill(p.pid);
    return members.length > 0;
  }

  raise(pid: number, exception: string): boolean {
    const p = this.table.get(pid);
    if (p === undefined || p.state === 'broken' || p.state === 'exiting') return false;
    p.kill ??= exception;
    if (p.state === 'release') p.pending?.abort();
    else if (p.state !== 'ready') {
      this.channels.cancel(p);
      this.makeReady(p);
    }
    return true;
  }

  stack(pid: number): readonly { pc: number; module: string; path: string; frame: number }[] {
    const p = this.table.get(pid);
    if (p === undefined) return [];
    const result = [];
    for (const { frame, pc, linkage } of levels(this.heap, p)) {
      const l = this.linkageAt(linkage);
      result.push({ pc, module: l?.name ?? '', path: l?.path ?? '', frame });
      if (result.length >= 1000) break;
    }
    return result;
  }

  stackSize(p: Process): number {
    return stackSize(this.heap, p);
  }

  // What instructions ask for.

  /** The function of a module reference as mframe names it: the type of its frame. */
  frameTypeOf(pointer: number, index: number): number {
    const linkage = this.linkageAt(pointer);
    if (linkage === undefined) throw opcodeFault;
    const type = index >= 0 ? linkage.frames[index] : linkage.code?.exports[-index - 1]?.frame;
    if (type === undefined) throw new DisError('invalid mframe');
    if (type === 0) throw opcodeFault;
    return type;
  }

  /** `load`: true when it is done and `to` holds the reference or nil; false when the process waits for the file. */
  load(p: Process, path: string, imports: number, to: number): boolean {
    const done = this.loader.load(p, path, imports, to);
    if (done === undefined) return true;
    p.state = 'release';
    const controller = new AbortController();
    p.pending = controller;
    done(controller.signal).then(
      () => this.resume(p),
      (error: unknown) => this.resume(p, error),
    );
    return false;
  }

  private resume(p: Process, error?: unknown): void {
    p.pending = undefined;
    p.fault = error;
    this.makeReady(p);
  }

  /**
   * mcall of a built-in function. Stack registers, pc and fp of the process are current. The status is Ran when the call
   * is over and the frame gone; Blocked, when the process waits; or Faulted.
   */
  callBuiltin(p: Process, frame: number, pointer: number, linkage: Linkage, index: number): number {
    const { heap } = this;
    const run = linkage.functions[index];
    if (run === undefined) throw opcodeFault;
    heap.setWord(frame + frameLink, p.pc);
    heap.setWord(frame + frameCaller, p.fp);
    heap.setWord(frame + frameModule, p.linkage);
    p.linkage = heap.retain(pointer);
    p.code = undefined;
    p.fp = frame;
    const call = this.spareCall ?? new BuiltinCall(this);
    this.spareCall = undefined;
    call.process = p;
    call.frame = frame;
    try {
      const done = run.run(call);
      if (done !== undefined) {
        p.state = 'release';
        p.pending = call;
        done.then(
          () => this.returned(p, frame),
          (error: unknown) => this.resume(p, error ?? new DisError(eOpcode)),
        );
        return Blocked;
      }
    } catch (error) {
      p.fault = error;
      return Faulted;
    }
    this.spareCall = call;
    this.leave(p, frame);
    return Ran;
  }

  private returned(p: Process, frame: number): void {
    p.pending = undefined;
    // A process that was killed meanwhile ends with its frame in place.
    if (p.kill === undefined) this.leave(p, frame);
    this.makeReady(p);
  }

  /** Returns from a built-in function. */
  private leave(p: Process, frame: number): void {
    const { heap } = this;
    p.fp = heap.word(frame + frameCaller);
    p.pc = heap.word(frame + frameLink);
    const module = heap.word(frame + frameModule);
    heap.setWord(frame + frameModule, 0);
    heap.releaseAll(frame, heap.word(frame + frameType));
    this.enter(p, module);
    cutStack(heap, p, p.fp);
  }

  // For built-in modules.

  milliseconds(): number {
    return Math.floor(this.clock() - this.started);
  }

  send(channel: number, fill: (at: number) => void, call?: FileCall): Promise<boolean> | boolean {
    return this.channels.sendFromHost(channel, fill, call);
  }

  receive(channel: number, take: (at: number) => void, call?: FileCall): Promise<boolean> | boolean {
    return this.channels.receiveToHost(channel, take, call);
  }

  canSend(channel: number): boolean {
    return this.channels.canSendFromHost(channel);
  }

  state<T extends object>(key: symbol, make: () => T): T {
    let state = this.states.get(key);
    if (state === undefined) this.states.set(key, (state = make()));
    return state as T;
  }

  print(text: string): void {
    this.options.print?.(text);
  }

  get memoryUsed(): number {
    return this.heap.used;
  }

  get memoryLimit(): number {
    return this.heap.limit;
  }

  /** Ends every process, as at a halt: the machine is not used afterwards. */
  halt(): void {
    for (const p of this.processes()) this.kill(p.pid);
  }
}

/** Those who read the wait files of a process and of its parent learn that it has ended. */
function tell(p: Process, why: string): void {
  const { watchers, parentWatchers } = p;
  if (watchers === undefined && parentWatchers === undefined) return;
  const text = `${p.pid} "${p.module}":${why}`;
  for (const hear of watchers ?? []) hear(text);
  for (const hear of parentWatchers ?? []) hear(text);
}

/** Instruction number of a module's function, by its index in the import list, or -1 minus that among its exports. */
export function entryOf(linkage: Linkage, index: number): number {
  const pc = index >= 0 ? linkage.pcs[index] : linkage.code?.exports[-index - 1]?.pc;
  if (pc === undefined) throw opcodeFault;
  return pc;
}
