import { chmodSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ramfs } from '../../src/fs/index.ts';
import { Client, type FileServer, pair, Server } from '../../src/index.ts';
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
