import { Einterrupted, StyxError } from '../errors.ts';
import { uninterrupted } from '../file.ts';

/** Shared by all who are never interrupted: thousands of listeners on it would be for nothing. */
const never = uninterrupted.signal;

/** Where readers sleep until something has changed: after `sleep` they look again, as with a condition variable. */
export class Rendez {
  #waiting: Set<() => void> | undefined;

  /** Until the next `wakeup`. Rejects as soon as `signal` is aborted; nothing is lost by that. */
  sleep(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(new StyxError(Einterrupted));
        return;
      }
      const waiting = (this.#waiting ??= new Set());
      if (signal === never) {
        waiting.add(resolve);
        return;
      }
      const wake = (): void => {
        signal.removeEventListener('abort', abort);
        resolve();
      };
      const abort = (): void => {
        waiting.delete(wake);
        reject(new StyxError(Einterrupted));
      };
      waiting.add(wake);
      signal.addEventListener('abort', abort, { once: true });
    });
  }

  wakeup(): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    this.#waiting = undefined;
    for (const wake of waiting) wake();
  }
}

/** `promise`, or a rejection as soon as `signal` is aborted; the promise itself goes on. */
export function interruptible<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal === never) return promise;
  if (signal.aborted) return Promise.reject(new StyxError(Einterrupted));
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(new StyxError(Einterrupted));
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
