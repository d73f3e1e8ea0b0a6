import type { Awaitable } from '@llambo/styx';

/** Milliseconds of work before everything else on the event loop gets a turn. */
const slice = 4;

/** Lets everything else that waits have its turn. */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/**
 * Does work that a program may make as long as it likes, step by step: at once when it is soon done, else with turns for
 * the rest of the host in between, so that one machine's arithmetic does not stop the others. `signal` is asked for only
 * then, and its abort ends the work. The machine's memory may have moved after every step.
 */
export function slowly<T>(steps: Generator<void, T>, signal: () => AbortSignal): Awaitable<T> {
  const until = performance.now() + slice;
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    if (performance.now() > until) return goOn(steps, signal());
  }
}

async function goOn<T>(steps: Generator<void, T>, signal: AbortSignal): Promise<T> {
  for (;;) {
    await turn();
    if (signal.aborted) throw new Error('interrupted');
    const until = performance.now() + slice;
    do {
      const step = steps.next();
      if (step.done) return step.value;
    } while (performance.now() < until);
  }
}
