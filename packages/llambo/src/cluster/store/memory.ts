import { applyChange, type Change, emptyState, type SavedState } from './state.ts';
import type { Store } from './store.ts';

/** Forgets everything with its process. */
export class MemoryStore implements Store {
  state: SavedState = emptyState;

  load(): SavedState {
    return this.state;
  }

  append(change: Change): void {
    this.state = applyChange(this.state, change);
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
