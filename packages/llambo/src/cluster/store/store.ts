import type { Change, SavedState } from './state.ts';

/** Keeps the state. Every implementation passes one suite. */
export interface Store {
  /** What was kept; once, before anything else. @throws LlamboError when it cannot be read */
  load(): SavedState;
  /** Keeps a change: in memory at once, on disk within some milliseconds. */
  append(change: Change): void;
  /** The state with all changes so far. */
  readonly state: SavedState;
  /** Settles when everything appended so far is on disk. */
  flush(): Promise<void>;
  /** Flushes and lets go. */
  close(): Promise<void>;
}
