import { EnvGroup, type FdGroup, ignore } from '@llambo/namespace';
import type { Awaitable } from '@llambo/styx';
import { StyxError } from '@llambo/styx';
import type { Call } from '../../vm/builtin.ts';
import { contextOf } from './context.ts';
import { cutError, syscall } from './fd.ts';

/** Flags of pctl, sys-pctl(2). */
const NEWFD = 1 << 0;
const FORKFD = 1 << 1;
const NEWNS = 1 << 2;
const FORKNS = 1 << 3;
const NEWPGRP = 1 << 4;
const NODEVS = 1 << 5;
const NEWENV = 1 << 6;
const FORKENV = 1 << 7;

/** The numbers in the list of int at `offset`; a list that a hostile program tied into a ring ends somewhere. */
function integers(call: Call, offset: number): number[] {
  const { heap } = call;
  const all: number[] = [];
  for (let at = call.pointer(offset); at !== 0 && all.length < maxList; at = heap.listTail(at))
    all.push(heap.word(heap.listData(at)));
  return all;
}

const maxList = 65_536;

export const process_ = {
  pctl(call: Call): Awaitable<void> {
    const context = contextOf(call);
    const flags = call.word(32);
    return syscall(
      call,
      () => {
        if (flags & NEWFD) newFds(context, context.fds.keep(integers(call, 36)));
        else if (flags & FORKFD) {
          const old = context.fds;
          const copy = old.fork();
          for (const fd of integers(call, 36)) if (old.has(fd)) old.close(fd);
          newFds(context, copy);
        }
        if (flags & (NEWNS | FORKNS)) {
          const old = context.namespace;
          context.namespace = flags & NEWNS ? old.rooted() : old.fork();
          old.close();
        }
        if (flags & NEWENV) context.env = new EnvGroup();
        else if (flags & FORKENV) context.env = context.env.fork();
        if (flags & NEWPGRP) call.process.newGroup();
        if (flags & NODEVS) context.namespace.forbidDevices();
        return call.process.pid;
      },
      (pid) => call.returnWord(pid),
    );
  },

  /** At least `period` milliseconds; 0 lets others run. */
  async sleep(call: Call): Promise<void> {
    const period = call.word(32);
    call.returnWord(0);
    if (period <= 0) return;
    await new Promise<void>((resolve, reject) => {
      const { signal } = call;
      const stop = (): void => {
        clearTimeout(timer);
        reject(new StyxError('interrupted'));
      };
      const timer = setTimeout(() => {
        signal.removeEventListener('abort', stop);
        resolve();
      }, period);
      signal.addEventListener('abort', stop, { once: true });
    });
  },

  millisec(call: Call): void {
    call.returnWord(call.machine.milliseconds() | 0);
  },

  werrstr(call: Call): void {
    call.process.errstr = cutError(call.string(32));
    call.returnWord(0);
  },

  chdir: (call: Call): Awaitable<void> =>
    syscall(
      call,
      () => contextOf(call).namespace.chdir(call.string(32), contextOf(call).by(call.process, call)),
      () => call.returnWord(0),
    ),
};

function newFds(context: { fds: FdGroup }, fds: FdGroup): void {
  const old = context.fds;
  context.fds = fds;
  ignore(() => old.release());
}
