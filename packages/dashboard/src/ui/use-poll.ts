import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { ApiError, getJson } from '../api/http.ts';
import { connections } from '../api/live.ts';

export interface Polled<T> {
  readonly data: T | undefined;
  readonly error: string | undefined;
  /** 404: the gateway knows no such thing. */
  readonly missing: boolean;
}

/** What `path` gives, fetched again every `milliseconds` while the view is shown, and after each reconnection. */
export function usePoll<T>(path: string, milliseconds: number): Signal<Polled<T>> {
  const polled = useSignal<Polled<T>>({ data: undefined, error: undefined, missing: false });
  const connection = connections.value;
  useEffect(() => {
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    polled.value = { ...polled.value, missing: false };
    const poll = async (): Promise<void> => {
      try {
        if (!document.hidden)
          polled.value = { data: await getJson<T>(path, stop.signal), error: undefined, missing: false };
      } catch (error) {
        if (stop.signal.aborted) return;
        const missing = error instanceof ApiError && error.status === 404;
        polled.value = {
          data: missing ? undefined : polled.value.data,
          error: (error as Error).message,
          missing,
        };
      }
      if (!stop.signal.aborted) timer = setTimeout(poll, milliseconds);
    };
    void poll();
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [path, milliseconds, connection]);
  return polled;
}
