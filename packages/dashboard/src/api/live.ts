/** The one stream that everything live comes from, and what is known of the cluster because of it. */
import { batch, effect, signal } from '@preact/signals';
import { addPoint, emptyHistory, type History, historyOf } from './history.ts';
import { ApiError, getJson, request } from './http.ts';
import { key, keyWanted } from './key.ts';
import { type ServerEvent, serverEvents } from './sse.ts';
import {
  type ClusterEvent,
  type ClusterStatus,
  type HistoryPoint,
  NODE_STATES,
  type StatusEvent,
} from './types.ts';

export type Link =
  | { readonly state: 'connecting' | 'live' }
  /** `retryAt`: milliseconds since 1970. */
  | { readonly state: 'lost'; readonly why: string; readonly retryAt: number };

export const link = signal<Link>({ state: 'connecting' });
export const status = signal<ClusterStatus | undefined>(undefined);
/** One byte a node, in the order of the list of nodes: state in the low 3 bits, load in 31sts above. */
export const states = signal<Uint8Array>(new Uint8Array(0));
/** Newest first. */
export const events = signal<readonly ClusterEvent[]>([]);
/** The same object as long as the page lives; `tick` says when it has changed. */
export const history: { current: History } = { current: emptyHistory() };
export const tick = signal(0);
/** Counts connections: what was fetched over an earlier one may be out of date. */
export const connections = signal(0);

const MOST_EVENTS = 500;
/** A status comes every second; without one for this long, milliseconds, the connection is as good as gone. */
const SILENCE_MS = 8000;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 8000;

let lastSerial: string | undefined;
let retryNow: () => void = () => {};

/** Does not wait for the next attempt. */
export const reconnect = (): void => retryNow();

function bytesOf(base64: string): Uint8Array {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

function countStates(bytes: Uint8Array): ClusterStatus['states'] {
  const counts = new Array<number>(8).fill(0);
  for (const byte of bytes) counts[byte & 7]!++;
  return Object.fromEntries(NODE_STATES.map((name, i) => [name, counts[i]]));
}

function onStatus(data: StatusEvent): void {
  const bytes = bytesOf(data.states);
  batch(() => {
    states.value = bytes;
    status.value = { ...status.value, ...data, states: countStates(bytes) };
    if (data.history !== undefined) addPoint(history.current, data.history);
    tick.value++;
    if (link.value.state !== 'live') link.value = { state: 'live' };
  });
}

function onEvent(event: ClusterEvent): void {
  const known = events.value;
  // After a reconnection the newest come again.
  if (known.some(({ serial, at }) => serial === event.serial && at === event.at)) return;
  events.value = [event, ...known].sort((a, b) => b.at - a.at || b.serial - a.serial).slice(0, MOST_EVENTS);
}

function take({ event, data, id }: ServerEvent): void {
  if (id !== undefined) lastSerial = id;
  if (event === 'status') onStatus(JSON.parse(data) as StatusEvent);
  else if (event === 'event') onEvent(JSON.parse(data) as ClusterEvent);
}

async function loadHistory(signal: AbortSignal): Promise<void> {
  const { points } = await getJson<{ points: readonly HistoryPoint[] }>('/api/v1/history', signal);
  const newer = history.current;
  history.current = historyOf(points);
  const last = history.current.at.at(-1) ?? 0;
  for (let i = 0; i < newer.at.length; i++) if (newer.at[i]! > last) copyPoint(newer, i, history.current);
  tick.value++;
}

function copyPoint(from: History, i: number, to: History): void {
  for (const name of Object.keys(from) as (keyof History)[]) to[name].push(from[name][i] as number);
}

/** One connection, until it ends; always throws. */
async function connect(stop: AbortController): Promise<never> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const heard = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => stop.abort(new ApiError(0, 'gateway is silent')), SILENCE_MS);
  };
  heard();
  try {
    const headers: Record<string, string> = lastSerial === undefined ? {} : { 'last-event-id': lastSerial };
    const response = await request('/api/v1/events', { headers, signal: stop.signal });
    connections.value++;
    loadHistory(stop.signal).catch(() => {});
    getJson<ClusterStatus>('/api/v1/status', stop.signal).then(
      (first) => {
        status.value = { ...status.value, ...first };
      },
      () => {},
    );
    for await (const event of serverEvents(response, heard)) take(event);
    throw new ApiError(0, 'gateway closed the stream');
  } catch (error) {
    throw stop.signal.reason instanceof ApiError ? stop.signal.reason : error;
  } finally {
    clearTimeout(timer);
    stop.abort();
  }
}

/** Resolves after the time, or when someone cannot wait: a person, or the machine that is online again. */
function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      removeEventListener('online', done);
      retryNow = () => {};
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    addEventListener('online', done);
    retryNow = done;
  });
}

/** Resolves when nobody is asked for a key any more. */
function keyGiven(): Promise<void> {
  return new Promise((resolve) => {
    const stop = effect(() => {
      if (keyWanted.value === undefined)
        queueMicrotask(() => {
          stop();
          resolve();
        });
    });
  });
}

/** Keeps the page connected for as long as it is open. */
export async function stayConnected(): Promise<never> {
  let retry = FIRST_RETRY_MS;
  for (;;) {
    const stop = new AbortController();
    const used = key.value;
    // A new key is used at once.
    const changed = key.subscribe((now) => {
      if (now !== used) stop.abort();
    });
    try {
      await connect(stop);
    } catch (error) {
      const wasLive = link.value.state === 'live';
      if (wasLive) retry = FIRST_RETRY_MS;
      if (keyWanted.value !== undefined) {
        await keyGiven();
        link.value = { state: 'connecting' };
        continue;
      }
      if (key.value !== used) continue;
      link.value = { state: 'lost', why: (error as Error).message, retryAt: Date.now() + retry };
      await pause(retry);
      retry = Math.min(LAST_RETRY_MS, retry * 2);
    } finally {
      changed();
    }
  }
}
