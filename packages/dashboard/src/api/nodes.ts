/** The list of nodes: who is where in the bytes of `states`. */
import { effect, signal } from '@preact/signals';
import { getJson } from './http.ts';
import { connections, states, status } from './live.ts';
import type { NodeSummary } from './types.ts';

export interface Roster {
  readonly nodes: readonly NodeSummary[];
  /** Place of a node in `nodes`, and in the bytes of `states`. */
  readonly place: ReadonlyMap<string, number>;
}

const none: Roster = { nodes: [], place: new Map() };

export const roster = signal<Roster>(none);
export const rosterError = signal<string | undefined>(undefined);

let loading: AbortController | undefined;

/** Fetches the list; a second call before the answer replaces the first. */
export async function loadRoster(): Promise<void> {
  loading?.abort();
  const mine = new AbortController();
  loading = mine;
  try {
    const { nodes } = await getJson<{ nodes: readonly NodeSummary[] }>('/api/v1/nodes', mine.signal);
    roster.value = { nodes, place: new Map(nodes.map(({ id }, i) => [id, i])) };
    rosterError.value = undefined;
  } catch (error) {
    if (!mine.signal.aborted) rosterError.value = (error as Error).message;
  } finally {
    if (loading === mine) loading = undefined;
  }
}

/** The counters in the list grow all the time; milliseconds. */
const REFRESH_MS = 30_000;

/** Fetches the list anew now and then, and whenever it must have changed: a new connection, another generation, another length. */
export function followRoster(): void {
  let known = '';
  effect(() => {
    if (connections.value === 0) return;
    const now = `${connections.value} ${status.value?.generation ?? ''} ${states.value.length}`;
    if (now === known || states.value.length === 0) return;
    known = now;
    void loadRoster();
  });
  setInterval(() => {
    if (!document.hidden && connections.value > 0) void loadRoster();
  }, REFRESH_MS);
}
