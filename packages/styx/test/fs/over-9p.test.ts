import { chmodSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ramfs } from '../../src/fs/index.ts';
import { Client, type FileServer, ORDWR, pair, Server, uninterrupted } from '../../src/index.ts';
import { hostfs } from '../../src/node/hostfs.ts';
import { fileSystemSuite } from './file-system-suite.ts';

/** The server, seen through a connection. */
function remote(fs: FileServer): { server: FileServer; close: () => void } {
  const [near, far] = pair();
  new Server(fs, { none: true }).serve(far);
  const client = Client.connect(near);
  return {
    server: { attach: async ({ uname, aname }, call) => (await client).attach({ uname, aname }, call) },
    close: () => void client.then((c) => c.close()),
  };
}

fileSystemSuite('ramfs over 9P', () => remote(ramfs()));

fileSystemSuite('hostfs over 9P', () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'hostfs-')));
  chmodSync(folder, 0o777);
  const server = hostfs(folder);
  const { server: seen, close } = remote(server);
  return {
    server: seen,
    close() {
      close();
      server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
});

test('a large read shows nothing of a write that comes after it, though its bytes are not copied', async () => {
  const { server, close } = remote(ramfs());
  const call = uninterrupted;
  const file = await server.attach({ uname: 'glenda', aname: '' }, call);
  await file.create('large', 0o666, ORDWR, call);
  const size = 200_000;
  await file.write(0, new Uint8Array(size).fill(1), call);
  const [before, , after] = await Promise.all([
    file.read(0, size, call),
    file.write(1000, new Uint8Array(size - 1000).fill(2), call),
    file.read(0, size, call),
  ]);
  expect([before.length, before.every((byte) => byte === 1)]).toEqual([size, true]);
  expect([after.length, after[999], after.subarray(1000).every((byte) => byte === 2)]).toEqual([
    size,
    1,
    true,
  ]);
  close();
});
