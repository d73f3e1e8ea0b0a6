import { ClosedPipeError } from '@llambo/namespace';
import type { Awaitable } from '@llambo/styx';
import { DisError } from '../../errors.ts';

/** Writing to a pipe that nobody reads is an exception, pipe(3), not an error. */
export function checkPipe<T>(write: () => Awaitable<T>): Awaitable<T> {
  const raise = (error: unknown): never => {
    throw error instanceof ClosedPipeError ? new DisError('write on closed pipe') : error;
  };
  try {
    const n = write();
    return n instanceof Promise ? n.catch(raise) : n;
  } catch (error) {
    return raise(error);
  }
}
