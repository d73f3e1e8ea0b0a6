/**
 * Sequences of Awaitables that stay synchronous as long as every file answers at once. A sequence is a generator that
 * yields the promises it meets (`isPromise(v) ? yield v : v`) and nothing else.
 */
import type { Awaitable } from '@llambo/styx';

// biome-ignore lint/suspicious/noExplicitAny: what is sent in is what the yielded promise resolved to
export type Steps<T> = Generator<Promise<unknown>, T, any>;

export function isPromise<T>(value: Awaitable<T>): value is Promise<T> {
  return value instanceof Promise;
}

/** Runs to the end, or to the first promise and from there on asynchronously. */
export function run<T>(steps: Steps<T>): Awaitable<T> {
  const first = steps.next();
  return first.done ? first.value : drive(steps, first.value);
}

async function drive<T>(steps: Steps<T>, pending: Promise<unknown>): Promise<T> {
  for (;;) {
    let value: unknown;
    let next: IteratorResult<Promise<unknown>, T>;
    try {
      value = await pending;
    } catch (error) {
      next = steps.throw(error);
      if (next.done) return next.value;
      pending = next.value;
      continue;
    }
    next = steps.next(value);
    if (next.done) return next.value;
    pending = next.value;
  }
}

/** The value of `then(value)`, at once when `value` is. */
export function chain<T, U>(value: Awaitable<T>, then: (value: T) => Awaitable<U>): Awaitable<U> {
  return isPromise(value) ? value.then(then) : then(value);
}

/** Lets `value` settle unobserved: for giving up what nobody can be told of. */
export function ignore(start: () => Awaitable<unknown>): void {
  try {
    const value = start();
    if (isPromise(value)) value.catch(() => {});
  } catch {
    // as said
  }
}
