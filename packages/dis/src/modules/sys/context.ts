import {
  type Caller,
  type Chan,
  EnvGroup,
  FdGroup,
  ignore,
  isPromise,
  type Namespace,
  run,
  type Steps,
} from '@llambo/namespace';
import { type Awaitable, type Call as FileCall, OREAD, StyxError, whenAborted } from '@llambo/styx';
import type { Call, Context, Process } from '../../vm/builtin.ts';

export interface SysContextOptions {
  /** Taken over: closed when the last process that shares it has gone. */
  readonly namespace: Namespace;
  /** Open files; none when left out. Taken over. */
  readonly fds?: FdGroup;
  readonly env?: EnvGroup;
  /** User name; the name space's when left out. */
  readonly user?: string;
}

/** The processes that descend from one first process, and what is done when the last of them has gone. */
interface Family {
  living: number;
  readonly ended: Set<() => void>;
}

/**
 * What Sys keeps for a process: name space, file descriptors, environment and user. Children share all of it until one of
 * them asks for its own by pctl, sys-pctl(2).
 */
export class SysContext implements Context {
  namespace: Namespace;
  fds: FdGroup;
  env: EnvGroup;
  user: string;
  private readonly family: Family;
  private gone = false;

  constructor(options: SysContextOptions, family: Family = { living: 0, ended: new Set() }) {
    this.family = family;
    family.living++;
    this.namespace = options.namespace;
    this.fds = options.fds ?? new FdGroup();
    this.env = options.env ?? new EnvGroup();
    this.user = options.user ?? options.namespace.user;
  }

  /** On whose behalf the name space works. */
  by(process: Process, call: FileCall): Caller {
    return new By(this, process.pid, call);
  }

  spawn(): SysContext {
    const { namespace, fds, env, user } = this;
    return new SysContext({ namespace: namespace.share(), fds: fds.share(), env, user }, this.family);
  }

  exit(): void {
    if (this.gone) return;
    this.gone = true;
    this.fds.release();
    this.namespace.close();
    if (--this.family.living > 0) return;
    for (const end of this.family.ended) end();
    this.family.ended.clear();
  }

  /** Has `end` called when this process, its forebears and all their descendants have gone; what it gives undoes that. */
  atEnd(end: () => void): () => void {
    const { ended } = this.family;
    ended.add(end);
    return () => ended.delete(end);
  }

  load(
    path: string,
    call: { readonly signal: AbortSignal },
  ): Awaitable<{ readonly data: Uint8Array; readonly version: string }> {
    const by: Caller = { user: this.user, env: this.env, fds: this.fds, signal: call.signal };
    const opening = this.namespace.open(path, OREAD, by);
    return isPromise(opening) ? opening.then((chan) => loadFrom(chan, by)) : loadFrom(opening, by);
  }
}

/** A process, as the name space and devices see who asks. */
class By implements Caller {
  readonly user: string;
  readonly env: EnvGroup;
  readonly fds: FdGroup;
  readonly pid: number;
  readonly #call: FileCall;

  constructor({ user, env, fds }: SysContext, pid: number, call: FileCall) {
    this.user = user;
    this.env = env;
    this.fds = fds;
    this.pid = pid;
    this.#call = call;
  }

  get signal(): AbortSignal {
    return this.#call.signal;
  }

  onAbort(fn: () => void): boolean {
    const undo = whenAborted(this.#call, fn);
    return undo !== undefined;
  }
}

/** All of an open file, which is closed, with what tells its versions apart. */
function loadFrom(
  chan: Chan,
  by: Caller,
): Awaitable<{ readonly data: Uint8Array; readonly version: string }> {
  const { dev, qid } = chan;
  const version = `${dev.char}${dev.number} ${qid.path} ${qid.version}`;
  const pieces: Uint8Array[] = [];
  let total = 0;
  const steps = function* (): Steps<{ readonly data: Uint8Array; readonly version: string }> {
    try {
      for (;;) {
        const reading = chan.read(Math.max(readSize, chan.iounit), by);
        const piece: Uint8Array = isPromise(reading) ? yield reading : reading;
        if (piece.length === 0) break;
        total += piece.length;
        if (total > maxObjectFile) throw new StyxError('file too large');
        pieces.push(piece.slice());
      }
    } finally {
      ignore(() => chan.close());
    }
    const data = new Uint8Array(total);
    let at = 0;
    for (const piece of pieces) {
      data.set(piece, at);
      at += piece.length;
    }
    return { data, version };
  };
  return run(steps());
}

/** Bytes that one read of an object file asks for. */
const readSize = 65_536;
/** Bytes of the largest object file that is loaded. */
const maxObjectFile = 16 << 20;

/** The context of a calling process, which Sys made. */
export function contextOf(call: Call): SysContext {
  return call.process.context as SysContext;
}
