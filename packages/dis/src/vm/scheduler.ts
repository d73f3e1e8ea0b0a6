/**
 * Shares one JavaScript thread among machines, in proportion to their weights (stride scheduling), and with everything
 * else that lives on the event loop: it runs for some milliseconds, then lets the loop have a turn. Machines that have
 * nothing to run cost nothing.
 */

import type { Machine } from './machine.ts';

export interface SchedulerOptions {
  /** Milliseconds of machines between two turns of the event loop. */
  readonly slice?: number;
  /** Milliseconds that one machine runs before another has its turn. */
  readonly turn?: number;
  readonly clock?: () => number;
}

interface Entry {
  readonly machine: Machine;
  weight: number;
  /** Time had, divided by weight: who has the least is next. */
  pass: number;
  queued: boolean;
}

/** What machines have used of the host. */
export interface Usage {
  /** Processor time, milliseconds. */
  readonly milliseconds: number;
  /** About; see Machine. */
  readonly instructions: number;
  /** Bytes in use now. */
  readonly heap: number;
}

export class Scheduler {
  private readonly slice: number;
  private readonly turn: number;
  private readonly clock: () => number;
  private readonly entries = new Map<Machine, Entry>();
  private ready: Entry[] = [];
  private due = false;
  private milliseconds = 0;
  /** Of machines that are gone. */
  private instructions = 0;
  /** Pass of the machine that ran last: those that come back start there, so that waiting saves up no time. */
  private now = 0;

  constructor(options: SchedulerOptions = {}) {
    this.slice = options.slice ?? 8;
    this.turn = options.turn ?? 1;
    this.clock = options.clock ?? (() => performance.now());
  }

  /** From now on runs the machine whenever it is ready. `weight` is its share, in relation to the others'. */
  add(machine: Machine, weight = 1): void {
    const entry: Entry = { machine, weight, pass: this.now, queued: false };
    this.entries.set(machine, entry);
    machine.onReady = () => this.wake(entry);
    if (machine.isReady) this.wake(entry);
  }

  setWeight(machine: Machine, weight: number): void {
    const entry = this.entries.get(machine);
    if (entry !== undefined) entry.weight = weight;
  }

  remove(machine: Machine): void {
    const entry = this.entries.get(machine);
    if (entry === undefined) return;
    this.entries.delete(machine);
    this.instructions += machine.instructions;
    machine.onReady = () => {};
    this.ready = this.ready.filter((e) => e !== entry);
  }

  /** What all its machines, those that are gone as well, have used so far. */
  usage(): Usage {
    let { instructions } = this;
    let heap = 0;
    for (const machine of this.entries.keys()) {
      instructions += machine.instructions;
      heap += machine.memoryUsed;
    }
    return { milliseconds: this.milliseconds, instructions, heap };
  }

  private wake(entry: Entry): void {
    if (entry.queued) return;
    entry.queued = true;
    entry.pass = Math.max(entry.pass, this.now);
    this.ready.push(entry);
    this.schedule();
  }

  private schedule(): void {
    if (this.due) return;
    this.due = true;
    setImmediate(() => this.runSlice());
  }

  private runSlice(): void {
    const { clock } = this;
    let time = clock();
    const until = time + this.slice;
    while (this.ready.length > 0 && time < until) {
      let at = 0;
      for (let i = 1; i < this.ready.length; i++) if (this.ready[i]!.pass < this.ready[at]!.pass) at = i;
      const entry = this.ready[at]!;
      this.now = entry.pass;
      entry.machine.run(time + this.turn);
      const after = clock();
      this.milliseconds += after - time;
      // Even a turn too short for the clock counts.
      entry.pass += Math.max(after - time, 0.001) / entry.weight;
      time = after;
      if (!entry.machine.isReady) {
        entry.queued = false;
        // It may have been removed as it ran.
        const place = this.ready.indexOf(entry);
        if (place < 0) continue;
        const last = this.ready.pop()!;
        if (last !== entry) this.ready[place] = last;
      }
    }
    this.due = false;
    if (this.ready.length > 0) this.schedule();
  }
}
