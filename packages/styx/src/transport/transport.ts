/** What carries the bytes of one connection. The protocol core knows nothing else about tcp, pipes or browsers. */

/** What a transport tells its user. */
export interface Receiver {
  /**
   * Bytes that arrived, which are the receiver's until it returns: what it keeps it copies. Comes even after `pause`, when
   * they were on the way.
   */
  data(chunk: Uint8Array): void;
  /** The other side is gone, or this one was closed; nothing comes after it. Called once. */
  closed(error?: Error): void;
}

/** A byte stream in both directions, in order and reliable. */
export interface Transport {
  /** Who is at the other end, for people: `tcp!10.0.0.1!40012`. */
  readonly remote: string;
  /** User name that the transport itself has proved, by a client certificate for instance. */
  readonly uname?: string;
  /** Says where arriving bytes go. Called once; nothing is delivered before it. */
  start(receiver: Receiver): void;
  /**
   * Sends `chunks` in order, in one write where the system has one. They must not change until `sent` is called: always
   * once, also when they could not be sent, and never before `send` returns.
   */
  send(chunks: readonly Uint8Array[], sent: () => void): void;
  /** Asks for no more data for now: what has arrived and not been taken slows the sender down. */
  pause(): void;
  resume(): void;
  /** Sends what was given to `send`, then closes. */
  close(): void;
  /** Closes at once. */
  destroy(error?: Error): void;
  /** Runs `fn` when the present burst of work is over, so that its messages can leave in one write. */
  defer(fn: () => void): void;
}

/** Hands out connections as they come in. */
export interface Listener {
  /** Where it listens, as a dial string with the real port. */
  readonly address: string;
  /** Accepts no more connections; those that are there live on. */
  close(): Promise<void>;
}
