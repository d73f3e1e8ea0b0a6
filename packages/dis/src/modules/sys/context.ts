import { type Caller, EnvGroup, FdGroup, ignore, isPromise, type Namespace } from '@llambo/namespace';
import type { Awaitable } from '@llambo/styx';
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

/**
 * What Sys keeps for a process: name space, file descriptors, environment and user. Children share all of it until one of
 * them asks for its own by pctl, sys-pctl(2).
 */
export class SysContext implements Context {
  namespace: Namespace;
  fds: FdGroup;
  env: EnvGroup;
  user: string;
  private gone = false;

  constructor(options: SysContextOptions) {
    this.namespace = options.namespace;
    this.fds = options.fds ?? new FdGroup();
    this.env = options.env ?? new EnvGroup();
    this.user = options.user ?? options.namespace.user;
  }

  /** On whose behalf the name space works. */
  by(process: Process, call: { readonly signal: AbortSignal }): Caller {
    const { user, env, fds } = this;
    return {
      user,
      env,
      fds,
      pid: process.pid,
      get signal() {
        return call.signal;
      },
    };
  }

  spawn(): SysContext {
    const { namespace, fds, env, user } = this;
    return new SysContext({ namespace: namespace.share(), fds: fds.share(), env, user });
  }

  exit(): void {
    if (this.gone) return;
    this.gone = true;
    this.fds.release();
    this.namespace.close();
  }

  load(
    path: string,
    call: { readonly signal: AbortSignal },
  ): Awaitable<{ readonly data: Uint8Array; readonly version: string }> {
    const by: Caller = { user: this.user, env: this.env, fds: this.fds, signal: call.signal };
    const { namespace } = this;
    const opening = namespace.open(path, 0, by);
    const opened = (chan: Awaited<typeof opening>): Awaitable<{ data: Uint8Array; version: string }> => {
      const { dev, qid } = chan;
      const version = `${dev.char}${dev.number} ${qid.path} ${qid.version}`;
      ignore(() => chan.close());
      const reading = namespace.readFile(path, by, maxObjectFile);
      return isPromise(reading) ? reading.then((data) => ({ data, version })) : { data: reading, version };
    };
    return isPromise(opening) ? opening.then(opened) : opened(opening);
  }
}

/** Bytes of the largest object file that is loaded. */
const maxObjectFile = 16 << 20;

/** The context of a calling process, which Sys made. */
export function contextOf(call: Call): SysContext {
  return call.process.context as SysContext;
}
