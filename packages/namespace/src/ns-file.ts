/** Name space files, namespace(6). */
import type { Awaitable, FileServer } from '@llambo/styx';
import { StyxError } from '@llambo/styx';
import { type Caller, nobody } from './caller.ts';
import type { Namespace } from './namespace.ts';

export interface NsFileOptions {
  /** Connects to the server of a `mount` line: a dial string, or a file of the name space. Without it mounts fail. */
  readonly dial?: (address: string, by: Caller) => Awaitable<FileServer>;
  /** Values of `$name`; the caller's environment, else nothing, when left out. */
  readonly env?: (name: string) => string | undefined;
  readonly by?: Caller;
}

/**
 * Runs the lines of a name space file: bind, mount, unmount, cd, fork, new, nodev and `.`; the name space that results,
 * which is `ns` itself unless a line is `fork` or `new`. Fails at the first line that does, with its number, and leaves
 * what the lines before it did.
 */
export function buildNamespace(
  ns: Namespace,
  text: string,
  options: NsFileOptions = {},
): Awaitable<Namespace> {
  void nobody;
  void text;
  void options;
  if (ns) throw new StyxError('not there yet');
  return ns;
}
