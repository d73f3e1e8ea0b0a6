/** A machine's processes as the device #p shows them, prog(3). */

import type { Prog, ProgTable, Queue } from '@llambo/namespace';
import { StyxError } from '@llambo/styx';
import type { Handle } from '@llambo/styx/fs';
import { Debugger } from './debug.ts';
import type { Machine } from './machine.ts';
import { notifyLeader, type Process, propagate } from './process.ts';

/** Bytes that wait in a wait file. */
const mostUnread = 16_384;

class ProgView implements Prog {
  private readonly machine: Machine;
  private readonly p: Process;

  constructor(machine: Machine, p: Process) {
    this.machine = machine;
    this.p = p;
  }

  get pid(): number {
    return this.p.pid;
  }

  get group(): number {
    return this.p.group;
  }

  get user(): string {
    return this.p.user;
  }

  get ticks(): number {
    return this.p.milliseconds;
  }

  get state(): string {
    return this.p.state;
  }

  get memory(): number {
    return this.machine.processSize(this.p) >> 10;
  }

  get module(): string {
    return this.machine.moduleOf(this.p);
  }

  get namespace(): Prog['namespace'] {
    return this.p.context.namespace;
  }

  get fds(): Prog['fds'] {
    return this.p.context.fds;
  }

  get exception(): string {
    return this.p.lastException;
  }

  get stack(): string {
    if (this.p.state !== 'broken' && this.p.state !== 'debug') throw new StyxError('thread not stopped');
    const hex = (n: number): string => (n >>> 0).toString(16);
    return this.machine
      .stack(this.p.pid)
      .map((l) => `${hex(l.frame)} ${hex(l.pc)} 0 0 0 ${l.path}\n`)
      .join('');
  }

  control(words: string[]): void {
    const { machine, p } = this;
    const [request, ...rest] = words;
    switch (request) {
      case 'kill':
        machine.kill(p.pid);
        return;
      case 'killgrp':
        machine.killGroup(p.group);
        return;
      case 'exception':
        machine.raise(p.pid, rest.join(' '));
        return;
      case 'exceptions':
        if (rest[0] !== 'propagate' && rest[0] !== 'notifyleader') break;
        if (p.group !== p.pid) throw new StyxError('permission denied');
        p.flags |= rest[0] === 'propagate' ? propagate : notifyLeader;
        return;
    }
    throw new StyxError(
      `bad control request "${words.join(' ')}": expected kill, killgrp, exception or exceptions`,
    );
  }

  debug(file: 'dbgctl' | 'heap'): Handle {
    if (file === 'heap') throw new StyxError('permission denied');
    if (this.p.debugger !== undefined) throw new StyxError('file in use');
    this.p.debugger = new Debugger(this.machine, this.p);
    return this.p.debugger.open();
  }

  watch(queue: Queue): () => void {
    const watchers = (this.p.watchers ??= new Set());
    const tell = (text: string): void => {
      // Nobody reads: what comes is lost, as is the rest of a queue that is full on the original.
      if (queue.length > mostUnread) return;
      void queue.write(new TextEncoder().encode(text), new AbortController().signal);
    };
    watchers.add(tell);
    return () => watchers.delete(tell);
  }
}

/** The processes of `machine`, for `standardDevices`. */
export function progTable(machine: Machine): ProgTable {
  const get = (pid: number): Prog | undefined => {
    const p = machine.process(pid);
    return p === undefined ? undefined : new ProgView(machine, p);
  };
  return { pids: () => machine.processes().map((p) => p.pid), get };
}
