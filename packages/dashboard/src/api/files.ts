/** The cluster's name space, over 9P2000 in a WebSocket: the page is a Styx client like any other. */

import { Client, type Dir, Fsys, webSocket } from '@llambo/styx';
import { signal } from '@preact/signals';
import { protocols } from './key.ts';

export type FilesState = 'closed' | 'connecting' | 'open';

export const filesState = signal<FilesState>('closed');

let current: Promise<Fsys> | undefined;

function socket(): Promise<WebSocket> {
  const url = new URL('/api/v1/styx', location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const ws = new WebSocket(url, protocols());
  ws.binaryType = 'arraybuffer';
  return new Promise((resolve, reject) => {
    ws.addEventListener('open', () => resolve(ws));
    ws.addEventListener('error', () =>
      reject(new Error('the cluster serves no name space here, or does not let this key in')),
    );
  });
}

async function connect(): Promise<Fsys> {
  filesState.value = 'connecting';
  try {
    const client = await Client.connect(webSocket((await socket()) as never, location.host));
    void client.closed.then(() => {
      current = undefined;
      filesState.value = 'closed';
    });
    const root = await client.attach({ uname: 'dashboard' });
    filesState.value = 'open';
    return new Fsys(root);
  } catch (error) {
    current = undefined;
    filesState.value = 'closed';
    throw error;
  }
}

/** The tree; connects when there is no connection. */
export function files(): Promise<Fsys> {
  current ??= connect();
  return current;
}

/** Directories first, then by name. */
export async function list(path: string, signal: AbortSignal): Promise<Dir[]> {
  const entries = await (await files()).readdir(path, { signal });
  const rank = ({ qid }: Dir): number => (qid.type & 0x80 ? 0 : 1);
  return entries.sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
}
