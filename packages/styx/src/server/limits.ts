/** What one connection may take, so that one client can't exhaust the server. */
export interface Limits {
  /** Fids in use at once. More are refused with an error. */
  readonly fids: number;
  /** Requests that are not answered yet. More are refused with an error, except Tflush, Tclunk and Tremove. */
  readonly outstanding: number;
  /**
   * Bytes that outstanding reads and writes hold. A read past it is given less than it asked for, but never less than
   * 8,192 bytes; a write past it is refused.
   */
  readonly bytes: number;
  /** Bytes of replies that the client has not taken: past it no more of its requests are read until it takes some. */
  readonly unsent: number;
}

export const defaultLimits: Limits = {
  fids: 65_536,
  outstanding: 4_096,
  bytes: 64 * 1024 * 1024,
  unsent: 4 * 1024 * 1024,
};

/** What a read may always ask for. */
export const LEAST_READ = 8192;
