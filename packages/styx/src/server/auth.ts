/** Who may attach as whom, attach(5). The protocol on the afid is the business of what implements this. */
import type { Attach, Awaitable, Call } from '../file.ts';

/** One way to prove who one is. */
export interface Auth {
  /**
   * Answers Tauth: begins a conversation in which the client proves to be `who.uname`. Throws when that user can't be
   * authenticated; the error goes into Rerror.
   */
  begin(who: Attach, call: Call): Awaitable<Conversation>;
}

/** The file behind an afid. */
export interface Conversation {
  /** True once the client has proved to be the user that it named. The afid then grants any number of attaches. */
  readonly proved: boolean;
  /** The next message of the server, at most `count` bytes of it; none when it is the client's turn or all is said. */
  read(count: number, call: Call): Awaitable<Uint8Array>;
  /** A message of the client. Throws when it proves nothing. The number of bytes taken. */
  write(data: Uint8Array, call: Call): Awaitable<number>;
  /** The afid was clunked. */
  close?(): void;
}
