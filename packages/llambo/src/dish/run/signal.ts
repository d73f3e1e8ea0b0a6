import { setMaxListeners } from 'node:events';

/** Aborted by the first of them. A thousand look-ups may listen to it at once: that is no leak. */
export function anySignal(...signals: readonly AbortSignal[]): AbortSignal {
  const signal = AbortSignal.any([...signals]);
  setMaxListeners(0, signal);
  return signal;
}
