import type { Fcall } from '../codec/fcall.ts';
import type { Auth } from './auth.ts';
import type { Limits } from './limits.ts';

export interface ServerOptions {
  /** Largest message, in bytes; a client may ask for less. 1 MiB + 24 when not given. */
  readonly msize?: number;
  readonly limits?: Partial<Limits>;
  /** How users prove who they are. Without it, and without a transport that proves it, names are believed. */
  readonly auth?: Auth;
  /** Lets the user `none` attach without proof where `auth` is demanded. */
  readonly none?: boolean;
  /**
   * Milliseconds that a flushed read, write, walk, stat, attach or auth may take to settle, 250 when not given. After
   * that its Tflush is answered and its result is thrown away. An open, create or remove that was flushed is waited for:
   * the client must know whether it happened.
   */
  readonly flushGrace?: number;
  /**
   * Milliseconds without a byte after which a client that has sent part of a message is taken for gone, 30,000 when not
   * given, 0 for never. Between messages a client may be silent as long as it likes.
   */
  readonly stall?: number;
  /** Sees every message: `<-` came from the client, `->` goes to it. */
  readonly trace?: (direction: '<-' | '->', m: Fcall, remote: string) => void;
  /** Sees what a file operation threw that was no StyxError: a mistake in the program; the client gets `i/o error`. */
  readonly onError?: (error: unknown) => void;
}
