import { key, keyWanted } from './key.ts';

/** What the gateway said instead of an answer; `status` 0: it could not be reached. */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ApiError';
    this.status = status;
  }
}

async function messageOf(response: Response): Promise<string> {
  const text = await response.text().catch(() => '');
  try {
    const { error } = JSON.parse(text) as { error?: { message?: string } | string };
    const message = typeof error === 'string' ? error : error?.message;
    if (message !== undefined) return message;
  } catch {
    // Not JSON: a proxy in between, perhaps.
  }
  return `${response.status} ${response.statusText}`.trim();
}

/** @throws ApiError for every status that is not 2xx */
export async function request(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  const sent = key.value;
  if (sent !== undefined) headers.set('authorization', `Bearer ${sent}`);
  let response: Response;
  try {
    response = await fetch(path, { ...init, headers });
  } catch (cause) {
    if (init.signal?.aborted === true) throw cause;
    throw new ApiError(0, 'gateway cannot be reached', { cause });
  }
  if (response.ok) return response;
  const message = await messageOf(response);
  // Only when the key is still the one that was refused: another may have been entered meanwhile.
  if (response.status === 401 && key.value === sent) {
    keyWanted.value = sent === undefined ? 'This cluster asks for a key.' : 'The key was not accepted.';
  }
  throw new ApiError(response.status, message);
}

export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await request(path, { signal });
  return (await response.json()) as T;
}

export function post(path: string, body: unknown, signal?: AbortSignal): Promise<Response> {
  return request(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal,
  });
}

/** Writes one line to the cluster's ctl; what it answered. @throws ApiError */
export async function ctl(command: string): Promise<string> {
  const response = await post('/api/v1/ctl', { command });
  const { result } = (await response.json()) as { result?: string };
  return result ?? '';
}
