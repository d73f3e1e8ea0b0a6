import { setTimeout as sleep } from 'node:timers/promises';

/** Times in milliseconds, and how often a broken transfer is taken up again without a byte of progress. */
export interface HttpOptions {
  /** Until the first answer: an unreachable host costs no more than this. */
  readonly connectMs: number;
  /** Without a byte in a transfer that has begun. */
  readonly stallMs: number;
  readonly retries: number;
  /** First pause before a retry; doubles each time. */
  readonly pauseMs: number;
}

export const httpDefaults: HttpOptions = { connectMs: 4000, stallMs: 30_000, retries: 5, pauseMs: 500 };

/** A failure to transfer, in words. `transient` ones are worth another try. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly transient: boolean;
  /** 0 when the failure was not an answer of the server. */
  readonly status: number;

  constructor(message: string, transient: boolean, status = 0, options?: ErrorOptions) {
    super(message, options);
    this.transient = transient;
    this.status = status;
  }
}

/** No answer at all: no such host, no connection, or silence. */
export class Unreachable extends HttpError {
  constructor(message: string, options?: ErrorOptions) {
    super(message, true, 0, options);
  }
}

const statusWords: Readonly<Record<number, string>> = {
  401: 'not allowed: the model may be private or gated, set HF_TOKEN',
  403: 'not allowed: accept the terms of the model on its page, and set HF_TOKEN',
  404: 'not found',
  429: 'too many requests',
};

/**
 * Sends a GET and gives the answer once its head is there. Redirects are followed here, because the first answer's
 * headers carry what the last one's lack, and a token must not travel to another origin.
 * @param seen called with each answer on the way, redirects included; what it throws ends the request
 */
export async function get(
  url: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal | undefined,
  connectMs: number,
  seen: (answer: Response) => void = () => {},
): Promise<{ answer: Response; abort: () => void }> {
  const origin = new URL(url).origin;
  let at = url;
  for (let hops = 0; hops < 8; hops++) {
    const control = new AbortController();
    const abort = () => control.abort(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    const timer = setTimeout(() => control.abort(new Error('timeout')), connectMs);
    let answer: Response;
    try {
      signal?.throwIfAborted();
      const send = { ...headers };
      if (new URL(at).origin !== origin) delete send['authorization'];
      answer = await fetch(at, { headers: send, redirect: 'manual', signal: control.signal });
    } catch (error) {
      signal?.throwIfAborted();
      const { host } = new URL(at);
      if ((error as { cause?: { code?: string } }).cause?.code === 'UND_ERR_SOCKET')
        throw new HttpError(`${host} closed the connection`, true, 0, { cause: error });
      const why = reason(error, host, connectMs);
      if (hops === 0) throw new Unreachable(why, { cause: error });
      throw new HttpError(why, true, 0, { cause: error });
    } finally {
      clearTimeout(timer);
    }
    seen(answer);
    const location = answer.headers.get('location');
    if (answer.status < 300 || answer.status > 399 || location === null) {
      if (answer.ok || answer.status === 416) return { answer, abort };
      await answer.body?.cancel().catch(() => {});
      const words = statusWords[answer.status] ?? 'the server refuses';
      const transient = answer.status === 429 || answer.status >= 500;
      throw new HttpError(`${words} (status ${answer.status})`, transient, answer.status);
    }
    signal?.removeEventListener('abort', abort);
    await answer.body?.cancel().catch(() => {});
    const next = new URL(location, at);
    if (next.protocol !== 'https:' && next.protocol !== new URL(at).protocol)
      throw new HttpError(`redirected to ${next.protocol} which is not safe`, false);
    at = next.href;
  }
  throw new HttpError('redirected too often', false);
}

/** The reason that fetch hides in its error's cause. */
function reason(error: unknown, host: string, connectMs: number): string {
  const cause = (error as Error).cause as NodeJS.ErrnoException | undefined;
  const code = cause?.code ?? (error as NodeJS.ErrnoException).code;
  if ((error as Error).message === 'timeout') return `${host} did not answer in ${connectMs / 1000} s`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `${host} cannot be reached (no such host)`;
  return `${host} cannot be reached (${code ?? cause?.message ?? (error as Error).message})`;
}

/**
 * Chunks of a body; a body that stalls or breaks off rejects with a transient HttpError. The wait for a chunk is ended
 * here and not left to fetch, whose reader may never settle when it is aborted at the very end of a body.
 */
export async function* chunks(
  answer: Response,
  abort: () => void,
  stallMs: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  if (answer.body === null) return;
  const reader = answer.body.getReader();
  let end: (error: unknown) => void = () => {};
  const ended = new Promise<never>((_, reject) => {
    end = reject;
  });
  ended.catch(() => {});
  const onAbort = () => end(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  let timer: NodeJS.Timeout | undefined;
  try {
    for (;;) {
      signal?.throwIfAborted();
      timer = setTimeout(() => end(new HttpError(`no byte for ${stallMs / 1000} s`, true)), stallMs);
      const { done, value } = await Promise.race([reader.read(), ended]);
      clearTimeout(timer);
      if (done) return;
      yield value;
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof HttpError) throw error;
    throw new HttpError('the connection broke off', true, 0, { cause: error });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
    reader.cancel().catch(() => {});
    abort();
  }
}

/** Waits before the n-th retry, n from 0. */
export const pause = async (
  n: number,
  options: HttpOptions,
  signal: AbortSignal | undefined,
): Promise<void> => {
  await sleep(options.pauseMs * 2 ** n, undefined, { signal }).catch(() => signal?.throwIfAborted());
};
