import type { FdGroup, Namespace } from '@llambo/namespace';
import type { Awaitable } from '@llambo/styx';

/** What belongs to a process and is none of the machine's business: name space, files, environment, user. */
export interface Context {
  /** User name, for /prog/N/status. */
  readonly user: string;
  /** What /prog/N shows as ns and fd. */
  readonly namespace?: Namespace;
  readonly fds?: FdGroup;
  /** A process is spawned by the one that has this context: the child's own, which shares what children share. */
  spawn(): Context;
  /** The process is gone: give up what it alone held. */
  exit(): void;
  /**
   * The bytes of the object file that `load` names, and what tells one version of a file from another (to find a loaded
   * module again); rejects with the error string.
   */
  load(
    path: string,
    call: { readonly signal: AbortSignal },
  ): Awaitable<{ readonly data: Uint8Array; readonly version: string }>;
}
