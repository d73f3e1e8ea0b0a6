import { type Awaitable, Eperm, type FileServer, StyxError } from '@llambo/styx';
import { DirNode, dir, FileNode, type Handle, type Meta, type TreeNode, text } from '@llambo/styx/fs';
import { Eemptyctl, Ethread } from '../errors.ts';
import type { FdGroup } from '../fd-group.ts';
import type { Namespace } from '../namespace.ts';
import { rawLines } from '../print.ts';
import { serveDevice } from './device.ts';
import { fdLine } from './dup.ts';
import { Queue } from './queue.ts';

/** A process as `/prog/N` shows it. The getters are read anew at every read. */
export interface Prog {
  readonly pid: number;
  /** Process group id; 0 when it is in none. */
  readonly group: number;
  readonly user: string;
  /** Processor time, in milliseconds. */
  readonly ticks: number;
  /** One word: alt, send, recv, debug, ready, release, exiting, broken. */
  readonly state: string;
  /** Memory in use, in KiB. */
  readonly memory: number;
  /** Name of the module that runs. */
  readonly module: string;
  readonly namespace?: Namespace;
  readonly fds?: FdGroup;
  /** `pc module exception` of the last one; empty when there was none. */
  readonly exception?: string;
  /** Lines of the call stack, prog(3). Throws when the process is not stopped. */
  readonly stack?: string;
  /** kill, killgrp, exceptions and what else the machine knows; throws what is wrong with the request. */
  control(words: string[]): Awaitable<void>;
  /** From now on puts `pid "module":error` of every child that exits into the queue. What is returned ends that. */
  watch?(queue: Queue): () => void;
  /** An open of dbgctl or heap. */
  debug?(file: 'dbgctl' | 'heap'): Handle;
}

/** The processes of one virtual machine. */
export interface ProgTable {
  /** Living processes. */
  pids(): Iterable<number>;
  get(pid: number): Prog | undefined;
}

/** `#p`: the processes of `table`, prog(3). */
export function progDevice(table: ProgTable): FileServer {
  const dirs = new Map<number, DirNode>();
  const dirOf = (pid: number): DirNode | undefined => {
    const prog = table.get(pid);
    if (prog === undefined) {
      dirs.delete(pid);
      return undefined;
    }
    let node = dirs.get(pid);
    if (node === undefined) {
      node = progDir(table, prog);
      dirs.set(pid, node);
    }
    return node;
  };
  return serveDevice(
    'p',
    new DirNode({
      lookup: (name) => (/^[1-9][0-9]{0,9}$/.test(name) ? dirOf(Number(name)) : undefined),
      list() {
        const alive: (readonly [string, TreeNode])[] = [];
        for (const pid of table.pids()) {
          const node = dirOf(pid);
          if (node !== undefined) alive.push([String(pid), node]);
        }
        for (const pid of dirs.keys()) if (table.get(pid) === undefined) dirs.delete(pid);
        return alive;
      },
    }),
  );
}

function progDir(table: ProgTable, { pid, user }: Prog): DirNode {
  const owner = { uid: user, gid: user };
  const prog = (): Prog => {
    const there = table.get(pid);
    if (there === undefined) throw new StyxError(Ethread);
    return there;
  };
  const shown = (perm: number, show: (prog: Prog) => string): FileNode =>
    text(() => show(prog()), { ...owner, perm });
  const debug = (file: 'dbgctl' | 'heap'): FileNode =>
    new FileNode(
      () => {
        const handle = prog().debug?.(file);
        if (handle === undefined) throw new StyxError(Eperm);
        return handle;
      },
      owner,
      0o644,
    );
  return dir(
    {
      ctl: control(prog, { ...owner, perm: 0o200 }),
      dbgctl: debug('dbgctl'),
      heap: debug('heap'),
      ns: new FileNode(() => nsHandle(prog().namespace), owner, 0o444),
      nsgrp: shown(0o444, (p) => number(p.namespace?.id ?? 0)),
      pgrp: shown(0o444, (p) => number(p.group)),
      stack: shown(0o444, (p) => p.stack ?? ''),
      status: text(() => statusLine(pid, user, table.get(pid)), { ...owner, perm: 0o444 }),
      text: shown(0, () => ''),
      wait: new FileNode(() => waitHandle(prog()), owner, 0o444),
      fd: shown(0o444, fdText),
      exception: shown(0o444, (p) => p.exception ?? ''),
    },
    { ...owner, perm: 0o555 },
  );
}

/** Any request goes to the machine, which knows what it can do. */
function control(prog: () => Prog, meta: Meta): FileNode {
  return new FileNode(
    () => {
      prog();
      return {
        write(_offset, data) {
          const words = new TextDecoder()
            .decode(data)
            .split(/\s+/)
            .filter((word) => word !== '');
          if (words.length === 0) throw new StyxError(Eemptyctl);
          const done = prog().control(words);
          return done instanceof Promise ? done.then(() => data.length) : data.length;
        },
      };
    },
    meta,
    0o200,
  );
}

function number(value: number): string {
  return `${String(value).padStart(11)} `;
}

function statusLine(pid: number, user: string, prog: Prog | undefined): string {
  const time = (ms: number): string => {
    const tenths = Math.floor(ms / 100);
    const seconds = Math.floor(tenths / 10);
    const minutes = String(Math.floor(seconds / 60)).padStart(4);
    return `${minutes}:${String(seconds % 60).padStart(2, '0')}.${tenths % 10}`;
  };
  return [
    String(pid).padStart(8),
    String(prog?.group ?? 0).padStart(8),
    (prog?.user ?? user).padStart(10),
    time(prog?.ticks ?? 0),
    (prog?.state ?? 'exiting').padStart(10),
    `${String(prog?.memory ?? 0).padStart(5)}K`,
    prog?.module ?? '[$Sys]',
  ].join(' ');
}

function fdText(prog: Prog): string {
  const fds = [...(prog.fds ?? [])];
  const width = Math.max(0, ...fds.map(([, chan]) => String(chan.qid.version).length));
  return `${prog.namespace?.dot ?? '/'}\n${fds.map(([fd, chan]) => fdLine(fd, chan, width)).join('')}`;
}

/** Each read gives one line, whatever its offset: ns(1) relies on that. */
function nsHandle(ns: Namespace | undefined): Handle {
  const lines = ns === undefined ? [] : rawLines(ns);
  return { read: (_offset, count) => new TextEncoder().encode(lines.shift() ?? '').subarray(0, count) };
}

function waitHandle(prog: Prog): Handle {
  const queue = new Queue();
  const stop = prog.watch?.(queue);
  return {
    read: (_offset, count, call) => queue.read(count, call),
    close() {
      stop?.();
      queue.close();
    },
  };
}
