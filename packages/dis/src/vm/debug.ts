/**
 * A process under a debugger, as dbgctl of prog(3) controls it. Engines know nothing of it: to step, the process gets a copy
 * of its code in which all but one instruction say stop.
 */

import { Queue } from '@llambo/namespace';
import { StyxError } from '@llambo/styx';
import type { Handle } from '@llambo/styx/fs';
import { Ran } from '../engine/engine.ts';
import { stopWord } from '../engine/general.ts';
import { frameCaller } from '../heap/layout.ts';
import { type Code, stride } from './code.ts';
import type { Machine } from './machine.ts';
import type { Process } from './process.ts';

const requests = 'expected step N, toret, cont, stop, unstop, bpt set PATH PC or bpt del PATH PC';
/** Bytes that wait to be read; what comes beyond is lost. */
const mostUnread = 16_384;
/** Instructions of one turn. */
const stepsOfTurn = 256;
const encoder = new TextEncoder();

/** Until when a process that is stepped goes on, breakpoints aside. */
interface Goal {
  /** Instructions still to execute. */
  left: number;
  /** The frame that is returned to; 0 for none. */
  readonly frame: number;
  readonly done: () => void;
}

export class Debugger {
  private readonly machine: Machine;
  private readonly p: Process;
  private readonly events = new Queue(mostUnread);
  private readonly breakpoints = new Set<string>();
  private readonly views = new WeakMap<Code, Code>();
  private goal: Goal | undefined = undefined;
  private stopping = false;

  constructor(machine: Machine, p: Process) {
    this.machine = machine;
    this.p = p;
  }

  /** An open of dbgctl. The process runs on when it is closed. */
  open(): Handle {
    return {
      read: (_offset, count, call) => this.events.read(count, call),
      write: (_offset, data) => {
        const done = this.request(new TextDecoder().decode(data).trim().split(/\s+/));
        return done === undefined ? data.length : done.then(() => data.length);
      },
      close: () => {
        this.p.debugger = undefined;
        this.end();
        this.resume();
      },
    };
  }

  private request(words: string[]): Promise<void> | undefined {
    const [verb, ...rest] = words;
    const number = (text: string | undefined): number => (/^\d{1,9}$/.test(text ?? '') ? Number(text) : -1);
    switch (verb) {
      case 'step':
        if (number(rest[0]) < 1) break;
        return this.go(number(rest[0]), 0);
      case 'toret':
        return this.go(Number.POSITIVE_INFINITY, this.machine.heap.word(this.p.fp + frameCaller));
      case 'cont':
        return this.go(Number.POSITIVE_INFINITY, 0);
      case 'stop':
        this.stopping = true;
        return undefined;
      case 'unstop':
        this.stopping = false;
        this.resume();
        return undefined;
      case 'bpt': {
        const [what, path, pc] = rest;
        if (path === undefined || number(pc) < 0 || (what !== 'set' && what !== 'del')) break;
        if (what === 'set') this.breakpoints.add(`${path} ${Number(pc)}`);
        else this.breakpoints.delete(`${path} ${Number(pc)}`);
        return undefined;
      }
    }
    throw new StyxError(`bad debug request "${words.join(' ')}": ${requests}`);
  }

  /** Lets the stopped process go on; resolves when it has stopped again, or ended. */
  private go(left: number, frame: number): Promise<void> {
    if (this.p.state !== 'debug') throw new StyxError('thread not stopped');
    this.stopping = false;
    return new Promise((done) => {
      this.goal = { left, frame, done };
      this.machine.makeReady(this.p);
    });
  }

  private resume(): void {
    if (this.p.state === 'debug') this.machine.makeReady(this.p);
  }

  /** Something that a reader of dbgctl wants to know. */
  tell(event: string): void {
    if (this.events.length < mostUnread) void this.events.write(encoder.encode(`${event}\n`));
  }

  /** The process has ended, or is no longer watched. */
  end(): void {
    this.goal?.done();
    this.goal = undefined;
    this.events.hangup();
  }

  /** A turn of the process. Undefined says that it is as free as any other; true, that it has stopped. */
  turn(): number | undefined | true {
    const { goal, p } = this;
    if (goal === undefined) return this.stopping ? this.stop() : undefined;
    for (let n = 0; n < stepsOfTurn; n++) {
      const status = this.step();
      if (status !== Ran || p.kill !== undefined) return status;
      goal.left--;
      if (this.stopping || goal.left <= 0 || p.fp === goal.frame || this.isBreakpoint()) return this.stop();
    }
    return Ran;
  }

  private stop(): true {
    this.p.state = 'debug';
    const { goal } = this;
    this.goal = undefined;
    this.stopping = true;
    goal?.done();
    return true;
  }

  private isBreakpoint(): boolean {
    if (this.breakpoints.size === 0) return false;
    const { p } = this;
    return this.breakpoints.has(`${this.machine.linkageAt(p.linkage)?.path ?? ''} ${p.pc}`);
  }

  /** Executes one instruction. */
  private step(): number {
    const { machine, p } = this;
    const code = p.code!;
    let view = this.views.get(code);
    if (view === undefined) {
      const words = new Int32Array(code.words.length);
      for (let at = 0; at < words.length; at += stride) words[at] = stopWord;
      view = { ...code, words };
      this.views.set(code, view);
    }
    const at = p.pc * stride;
    view.words.set(code.words.subarray(at, at + stride), at);
    p.code = view;
    // So short a turn is over with the first transfer of control.
    const status = machine.engine.run(machine, p, stride);
    view.words[at] = stopWord;
    if (p.code === view) p.code = code;
    return status;
  }
}
