import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { uninterrupted as call, type File, ORDWR, OREAD, OTRUNC, OWRITE, wstatDir } from '../../src/index.ts';
import { type Hostfs, hostfs } from '../../src/node/hostfs.ts';
import { contents, failure, fileSystemSuite, list, make, walkTo } from './file-system-suite.ts';

function folder(): string {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'hostfs-')));
  chmodSync(dir, 0o777);
  return dir;
}

fileSystemSuite('hostfs', () => {
  const dir = folder();
  const server = hostfs(dir);
  return {
    server,
    close() {
      server.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
});

describe('a client can not get out of the folder', () => {
  let base: string;
  let server: Hostfs;
  let root: File;
  beforeEach(async () => {
    base = folder();
    mkdirSync(join(base, 'export/dir'), { recursive: true });
    writeFileSync(join(base, 'secret'), 'secret');
    writeFileSync(join(base, 'export/dir/f'), 'inside');
    server = hostfs(join(base, 'export'));
    root = await server.attach({ uname: 'glenda', aname: '' }, call);
  });
  afterEach(() => {
    server.close();
    rmSync(base, { recursive: true, force: true });
  });

  const gone = 'file does not exist';

  test('by .., from the root or below it', async () => {
    expect((await walkTo(root, '..')).qid).toEqual(root.qid);
    expect((await walkTo(root, 'dir', '..', '..', '..')).qid.path).toBe(root.qid.path);
    expect(await root.walk(['..', 'secret'], call)).toEqual({ qids: [root.qid] });
  });

  test('by names that are paths', async () => {
    for (const name of [
      '../secret',
      '/etc/passwd',
      'dir/../../secret',
      './dir',
      'dir/f',
      '.',
      '',
      'dir\0f',
    ]) {
      expect(await failure(() => root.walk([name], call)), name).toBe(gone);
    }
  });

  test('by creating or renaming with such a name', async () => {
    for (const name of ['../x', '..', '/tmp/x', 'a/b', 'x\0y']) {
      expect(await failure(async () => (await walkTo(root)).create(name, 0o666, OWRITE, call)), name).toBe(
        'illegal name',
      );
      const f = await walkTo(root, 'dir', 'f');
      expect(await failure(() => f.wstat(wstatDir({ name }), call)), name).toBe('illegal name');
    }
    expect(existsSync(join(base, 'x'))).toBe(false);
  });

  test('by a link to a file, a directory, itself, or nothing', async () => {
    symlinkSync('../secret', join(base, 'export/file'));
    symlinkSync('..', join(base, 'export/up'));
    symlinkSync('/etc', join(base, 'export/etc'));
    symlinkSync('loop', join(base, 'export/loop'));
    symlinkSync('nowhere', join(base, 'export/dangling'));
    symlinkSync('dir', join(base, 'export/inside'));
    for (const name of ['file', 'up', 'etc', 'loop', 'dangling', 'inside']) {
      expect(await failure(() => root.walk([name], call)), name).toBe(gone);
      expect(await failure(() => root.walk([name, 'secret'], call)), name).toBe(gone);
    }
    expect((await list(root)).map((e) => e.name)).toEqual(['dir']);
  });

  test('by making a file where a link already is', async () => {
    symlinkSync('../made', join(base, 'export/link'));
    expect(await failure(async () => (await walkTo(root)).create('link', 0o666, OWRITE, call))).toBe(
      'file already exists',
    );
    expect(existsSync(join(base, 'made'))).toBe(false);
  });

  test('by removing or renaming a link', async () => {
    const f = await walkTo(root, 'dir', 'f');
    renameSync(join(base, 'export/dir/f'), join(base, 'export/dir/g'));
    symlinkSync('../../secret', join(base, 'export/dir/f'));
    expect(
      await failure(async () => (await walkTo(root, 'dir', 'g')).wstat(wstatDir({ name: 'f' }), call)),
    ).toBe('file already exists');
    expect(await failure(() => f.remove(call))).toBe(gone);
    expect(readFileSync(join(base, 'secret'), 'utf8')).toBe('secret');
  });

  test('by a file that becomes a link after the walk', async () => {
    const fids = await Promise.all([1, 2, 3, 4].map(() => walkTo(root, 'dir', 'f')));
    renameSync(join(base, 'export/dir/f'), join(base, 'export/old'));
    symlinkSync('../../secret', join(base, 'export/dir/f'));
    const [a, b, c, d] = fids as [File, File, File, File];
    expect(await failure(() => a.open(OREAD, call))).toBe(gone);
    expect(await failure(() => b.open(OWRITE | OTRUNC, call))).toBe(gone);
    expect(await failure(() => c.stat(call))).toBe(gone);
    expect(await failure(() => d.wstat(wstatDir({ length: 0n, mode: 0o777 }), call))).toBe(gone);
    expect(readFileSync(join(base, 'secret'), 'utf8')).toBe('secret');
  });

  test('by a directory that becomes a link after the walk', async () => {
    const dir = await walkTo(root, 'dir');
    const open = await walkTo(root, 'dir');
    await open.open(OREAD, call);
    renameSync(join(base, 'export/dir'), join(base, 'elsewhere'));
    symlinkSync('..', join(base, 'export/dir'));
    expect(await failure(() => dir.walk(['secret'], call))).toBe(gone);
    expect(await failure(() => open.read(0, 8192, call))).toBe(gone);
    expect(await failure(() => dir.create('planted', 0o666, OWRITE, call))).toBe(gone);
    expect(existsSync(join(base, 'planted'))).toBe(false);
  });

  test('by a directory that is moved out while a fid is below it', async () => {
    mkdirSync(join(base, 'export/dir/sub'));
    const sub = await walkTo(root, 'dir', 'sub');
    renameSync(join(base, 'export/dir'), join(base, 'moved'));
    expect(await failure(() => sub.walk(['..'], call))).toBe(gone);
    expect(await failure(() => sub.create('x', 0o666, OWRITE, call))).toBe(gone);
  });

  test('by a socket, which is not a file', async () => {
    const listener = createServer();
    await new Promise<void>((resolve) => listener.listen(join(base, 'export/sock'), resolve));
    expect(await failure(() => root.walk(['sock'], call))).toBe(gone);
    expect((await list(root)).map((e) => e.name)).toEqual(['dir']);
    await new Promise((resolve) => listener.close(resolve));
  });

  test('by swapping a directory for a link again and again, while a client walks, reads and writes', async () => {
    mkdirSync(join(base, 'outside'));
    writeFileSync(join(base, 'outside/f'), 'outside');
    chmodSync(join(base, 'outside/f'), 0o644);
    const swapper = new Worker(
      `const fs = require('node:fs'), { workerData: { base } } = require('node:worker_threads');
       for (;;) {
         fs.renameSync(base + '/export/dir', base + '/export/real');
         fs.symlinkSync('../outside', base + '/export/dir');
         fs.unlinkSync(base + '/export/dir');
         fs.renameSync(base + '/export/real', base + '/export/dir');
       }`,
      { eval: true, workerData: { base } },
    );
    const outcomes = new Map<string, number>();
    const note = (what: string): void => void outcomes.set(what, (outcomes.get(what) ?? 0) + 1);
    try {
      for (let i = 0; i < 1500; i++) {
        note(await contents(root, 'dir', 'f').catch((error: Error) => error.message));
        await (async () => {
          const dir = await walkTo(root, 'dir');
          await dir.create(`new${i}`, 0o666, OWRITE, call);
          await dir.write(0, new Uint8Array(1), call);
          await dir.remove(call);
        })().catch(() => {});
        await (async () => (await walkTo(root, 'dir', 'f')).wstat(wstatDir({ mode: 0o640 }), call))().catch(
          () => {},
        );
      }
    } finally {
      await swapper.terminate();
    }
    expect([...outcomes.keys()]).not.toContain('outside');
    expect(readdirSync(join(base, 'outside'))).toEqual(['f']);
    expect(statSync(join(base, 'outside/f')).mode & 0o777).toBe(0o644);
  });

  test('and no error says where the folder is', async () => {
    chmodSync(join(base, 'export/dir/f'), 0o000);
    const messages = [
      await failure(() => contents(root, 'dir', 'f')),
      await failure(() => root.walk(['none'], call)),
      await failure(async () => (await walkTo(root, 'dir')).remove(call)),
      await failure(() => make(root, 'n'.repeat(300))),
    ];
    expect(messages).toEqual(['permission denied', gone, 'directory not empty', 'file name too long']);
  });
});

describe('read only', () => {
  test('nothing is changed', async () => {
    const dir = folder();
    writeFileSync(join(dir, 'f'), 'abc');
    chmodSync(join(dir, 'f'), 0o666);
    const server = hostfs(dir, { readonly: true });
    const root = await server.attach({ uname: 'glenda', aname: '' }, call);
    const f = (): Promise<File> => walkTo(root, 'f');
    const denied = 'file system is read only';
    expect(await contents(root, 'f')).toBe('abc');
    for (const mode of [OWRITE, ORDWR, OREAD | OTRUNC]) {
      expect(await failure(async () => (await f()).open(mode, call))).toBe(denied);
    }
    expect(await failure(() => make(root, 'g'))).toBe(denied);
    expect(await failure(async () => (await f()).remove(call))).toBe(denied);
    expect(await failure(async () => (await f()).wstat(wstatDir({ mode: 0 }), call))).toBe(denied);
    expect(readFileSync(join(dir, 'f'), 'utf8')).toBe('abc');
    server.close();
    rmSync(dir, { recursive: true });
  });

  test('a folder that is not there is an error', async () => {
    expect(await failure(() => hostfs('/no/such/folder'))).toBe('file does not exist');
  });
});
