export { formatRecord, JournalStore, readJournal } from './journal.ts';
export { MemoryStore } from './memory.ts';
export { applyChange, type Change, emptyState, type SavedEvent, type SavedState } from './state.ts';
export type { Store } from './store.ts';
