/** Where the platform has it, the queue that runs after all promise reactions of this turn: later means larger batches. */
const nextTick: ((fn: () => void) => void) | undefined = (
  globalThis as { process?: { nextTick?: (fn: () => void) => void } }
).process?.nextTick;

/** Runs `fn` when the present burst of work is over. */
export const defer: (fn: () => void) => void = nextTick ?? queueMicrotask.bind(globalThis);
