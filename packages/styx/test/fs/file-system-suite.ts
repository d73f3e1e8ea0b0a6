/** What every writable file system answers, page by page of section 5; run over each of them. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  uninterrupted as call,
  type Dir,
  DMAPPEND,
  DMDIR,
  DMEXCL,
  type File,
  type FileServer,
  OEXEC,
  ORCLOSE,
  ORDWR,
  OREAD,
  OTRUNC,
  OWRITE,
  QTAPPEND,
  QTDIR,
  QTEXCL,
  StyxError,
  unpackDirs,
  wstatDir,
} from '../../src/index.ts';

const text = (s: string): Uint8Array => new TextEncoder().encode(s);

export interface Subject {
  readonly server: FileServer;
  readonly close?: () => void;
}

/** Runs `work`; the message of the StyxError that it must fail with. */
export async function failure(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (error) {
    if (error instanceof StyxError) return error.message;
    throw error;
  }
  return 'no error';
}

export async function walkTo(from: File, ...names: string[]): Promise<File> {
  const { file, qids } = await from.walk(names, call);
  if (file === undefined) throw new Error(`walked ${qids.length} of ${names.length}`);
  return file;
}

export async function make(
  root: File,
  name: string,
  perm: number = 0o666,
  content: string = '',
): Promise<void> {
  const file = await walkTo(root);
  await file.create(name, perm >>> 0, perm & DMDIR ? OREAD : OWRITE, call);
  if (content !== '') await file.write(0, text(content), call);
  await file.clunk();
}

export async function contents(root: File, ...names: string[]): Promise<string> {
  const file = await walkTo(root, ...names);
  await file.open(OREAD, call);
  const bytes = (await file.read(0, 1 << 20, call)).slice();
  await file.clunk();
  return new TextDecoder().decode(bytes);
}

export async function list(dir: File): Promise<Dir[]> {
  const file = await walkTo(dir);
  await file.open(OREAD, call);
  const all: Dir[] = [];
  for (let at = 0; ; ) {
    const bytes = await file.read(at, 8192, call);
    if (bytes.length === 0) break;
    at += bytes.length;
    all.push(...unpackDirs(bytes));
  }
  await file.clunk();
  return all;
}

export function fileSystemSuite(name: string, create: () => Subject): void {
  describe(name, () => {
    let subject: Subject;
    let top: File;
    let root: File;
    let count = 0;
    beforeAll(async () => {
      subject = create();
      top = await subject.server.attach({ uname: 'glenda', aname: '' }, call);
    });
    afterAll(() => subject.close?.());

    /** A fresh directory for one test. */
    const fresh = async (perm: number = 0o777): Promise<File> => {
      const dir = `t${count++}`;
      await make(top, dir, DMDIR | perm);
      root = await walkTo(top, dir);
      return root;
    };

    describe('walk(5)', () => {
      test('the root is a directory, its own parent, and named /', async () => {
        expect(top.qid.type & QTDIR).toBe(QTDIR);
        const up = await walkTo(top, '..', '..');
        expect(up.qid).toEqual(top.qid);
        expect((await top.stat(call)).name).toBe('/');
      });

      test('a partial walk gives the qids of what was walked, and no file', async () => {
        await fresh();
        await make(root, 'd', DMDIR | 0o755);
        const d = await walkTo(root, 'd');
        const walked = await root.walk(['d', 'none', 'x'], call);
        expect(walked.file).toBeUndefined();
        expect(walked.qids).toEqual([d.qid]);
        expect(await failure(() => root.walk(['none'], call))).toBe('file does not exist');
        await make(d, 'f');
        expect(await failure(async () => (await walkTo(d, 'f')).walk(['x'], call))).toBe('not a directory');
        expect((await root.walk(['d', 'f', 'x'], call)).qids.length).toBe(2);
      });

      test('no names give the same file, .. the parent, . nothing', async () => {
        await fresh();
        await make(root, 'd', DMDIR | 0o755);
        const d = await walkTo(root, 'd');
        expect((await walkTo(d)).qid.path).toBe(d.qid.path);
        expect((await walkTo(d, '..')).qid.path).toBe(root.qid.path);
        expect(await failure(() => d.walk(['.'], call))).toBe('file does not exist');
        expect(await failure(() => d.walk(['a/b'], call))).toBe('file does not exist');
        expect(await failure(() => d.walk([''], call))).toBe('file does not exist');
      });

      test('a directory without execute permission can not be walked', async () => {
        await fresh();
        await make(root, 'd', DMDIR | 0o666);
        const d = await walkTo(root, 'd');
        expect(await failure(() => d.walk(['x'], call))).toBe('permission denied');
        expect((await root.walk(['d', 'x'], call)).qids.length).toBe(1);
        expect((await list(root)).map((e) => e.name)).toEqual(['d']);
      });
    });

    describe('open(5)', () => {
      test('permissions are those of the file at that moment', async () => {
        await fresh();
        await make(root, 'r', 0o444, 'r');
        await make(root, 'w', 0o222);
        await make(root, 'x', 0o111);
        const may = async (file: string, mode: number): Promise<string> =>
          failure(async () => {
            const f = await walkTo(root, file);
            await f.open(mode, call);
            await f.clunk();
          });
        expect(await may('r', OREAD)).toBe('no error');
        for (const mode of [OWRITE, ORDWR, OEXEC, OREAD | OTRUNC]) {
          expect(await may('r', mode)).toBe('permission denied');
        }
        expect(await contents(root, 'r')).toBe('r');
        expect(await may('w', OWRITE)).toBe('no error');
        for (const mode of [OREAD, ORDWR, OEXEC]) expect(await may('w', mode)).toBe('permission denied');
        expect(await may('x', OREAD)).toBe('permission denied');
      });

      test('a fid is opened once, with the bits of the manual', async () => {
        await fresh();
        await make(root, 'f', 0o666, 'abc');
        const f = await walkTo(root, 'f');
        for (const bad of [4, 8, 0x20, 0x80])
          expect(await failure(() => f.open(bad, call))).toBe('bad open mode');
        await f.open(OREAD, call);
        expect(await failure(() => f.open(OREAD, call))).toBe('fid is already open');
        expect(await failure(() => f.write(0, text('x'), call))).toBe('not open for write');
        const w = await walkTo(root, 'f');
        await w.open(OWRITE, call);
        expect(await failure(() => w.read(0, 10, call))).toBe('not open for read');
        await f.clunk();
        await w.clunk();
      });

      test('a directory is read, and nothing else', async () => {
        await fresh();
        for (const mode of [OWRITE, ORDWR, OREAD | OTRUNC, OREAD | ORCLOSE]) {
          const d = await walkTo(root);
          expect(await failure(() => d.open(mode, call))).toBe('file is a directory');
        }
      });

      test('OTRUNC empties a file, but not one for appending', async () => {
        await fresh();
        await make(root, 'f', 0o666, 'abc');
        const f = await walkTo(root, 'f');
        await f.open(OWRITE | OTRUNC, call);
        expect((await f.stat(call)).length).toBe(0n);
        await f.clunk();
        await make(root, 'a', DMAPPEND | 0o666, 'abc');
        const a = await walkTo(root, 'a');
        expect(a.qid.type & QTAPPEND).toBe(QTAPPEND);
        await a.open(OWRITE | OTRUNC, call);
        await a.write(0, text('def'), call);
        await a.clunk();
        expect(await contents(root, 'a')).toBe('abcdef');
      });

      test('ORCLOSE removes the file with the clunk, and needs the permission for it', async () => {
        await fresh();
        await make(root, 'f');
        const f = await walkTo(root, 'f');
        await f.open(OREAD | ORCLOSE, call);
        await f.clunk();
        expect(await failure(() => walkTo(root, 'f'))).toBe('file does not exist');
        await make(root, 'd', DMDIR | 0o777);
        const d = await walkTo(root, 'd');
        await make(d, 'g');
        await d.wstat(wstatDir({ mode: (DMDIR | 0o555) >>> 0 }), call);
        expect(await failure(async () => (await walkTo(d, 'g')).open(OREAD | ORCLOSE, call))).toBe(
          'permission denied',
        );
      });

      test('a file for exclusive use has one fid open', async () => {
        await fresh();
        await make(root, 'l', DMEXCL | 0o666);
        const one = await walkTo(root, 'l');
        expect(one.qid.type & QTEXCL).toBe(QTEXCL);
        await one.open(OREAD, call);
        const two = await walkTo(root, 'l');
        expect(await failure(() => two.open(OREAD, call))).toBe('exclusive use file already open');
        await one.clunk();
        await two.open(OREAD, call);
        await two.clunk();
        const made = await walkTo(root);
        await made.create('l2', (DMEXCL | 0o666) >>> 0, OWRITE, call);
        expect(await failure(async () => (await walkTo(root, 'l2')).open(OREAD, call))).toBe(
          'exclusive use file already open',
        );
        await made.clunk();
      });

      test('an open file outlives its permissions and its name', async () => {
        await fresh();
        await make(root, 'f', 0o666, 'abc');
        const f = await walkTo(root, 'f');
        await f.open(ORDWR, call);
        const other = await walkTo(root, 'f');
        await other.wstat(wstatDir({ mode: 0 }), call);
        expect(await f.write(3, text('d'), call)).toBe(1);
        await other.remove(call);
        expect(new TextDecoder().decode(await f.read(0, 10, call))).toBe('abcd');
        await f.clunk();
      });
    });

    describe('create(5)', () => {
      test('permissions are masked by those of the directory', async () => {
        await fresh(0o751);
        const cases: [number, number][] = [
          [0o666, 0o640],
          [0o777, 0o751],
          [0o444, 0o440],
          [0o111, 0o111],
        ];
        for (const [perm, want] of cases) {
          const name = `f${perm}`;
          await make(root, name, perm);
          expect((await (await walkTo(root, name)).stat(call)).mode, perm.toString(8)).toBe(want);
        }
        await make(root, 'd', DMDIR | 0o777);
        expect((await (await walkTo(root, 'd')).stat(call)).mode).toBe((DMDIR | 0o751) >>> 0);
      });

      test('the mode of the create is not checked against the permissions', async () => {
        await fresh();
        const f = await walkTo(root);
        const opened = await f.create('f', 0, ORDWR, call);
        expect(opened.qid).toEqual(f.qid);
        await f.write(0, text('x'), call);
        expect((await f.read(0, 5, call)).length).toBe(1);
        await f.clunk();
      });

      test('owner is who creates, group that of the directory', async () => {
        await fresh();
        await make(root, 'f');
        const dir = await root.stat(call);
        const stat = await (await walkTo(root, 'f')).stat(call);
        expect([stat.uid, stat.gid, stat.muid]).toEqual(['glenda', dir.gid, 'glenda']);
      });

      test('an existing, special or impossible name is refused', async () => {
        await fresh();
        await make(root, 'f', 0o666, 'abc');
        const at = async (name: string): Promise<string> =>
          failure(async () => (await walkTo(root)).create(name, 0o666, OWRITE, call));
        expect(await at('f')).toBe('file already exists');
        expect(await contents(root, 'f')).toBe('abc');
        for (const name of ['', '.', '..', 'a/b', 'nul\0', '/', 'new\nline']) {
          expect(await at(name), name).toMatch(/^(illegal name|NUL in string)$/);
        }
        expect(await at('x'.repeat(2000))).toBe('file name too long');
        expect((await list(root)).map((e) => e.name)).toEqual(['f']);
        expect(await failure(async () => (await walkTo(root, 'f')).create('g', 0o666, OREAD, call))).toBe(
          'not a directory',
        );
      });

      test('a directory is created for reading only', async () => {
        await fresh();
        for (const mode of [OWRITE, ORDWR, OREAD | ORCLOSE, OREAD | OTRUNC]) {
          const d = await walkTo(root);
          expect(await failure(() => d.create('d', (DMDIR | 0o777) >>> 0, mode, call))).toBe(
            'file is a directory',
          );
        }
        expect(await list(root)).toEqual([]);
      });

      test('a failed create leaves the fid on its directory', async () => {
        await fresh(0o777);
        await make(root, 'f');
        const d = await walkTo(root);
        await failure(() => d.create('f', 0o666, OWRITE, call));
        expect(d.qid.path).toBe(root.qid.path);
        await d.create('g', 0o666, OWRITE, call);
        expect(d.qid.path).not.toBe(root.qid.path);
        await d.clunk();
      });

      test('a name used again is another file', async () => {
        await fresh();
        await make(root, 'f');
        const old = await walkTo(root, 'f');
        const { path } = old.qid;
        await (await walkTo(root, 'f')).remove(call);
        await make(root, 'f', 0o666, 'new');
        expect((await walkTo(root, 'f')).qid.path).not.toBe(path);
        expect(await failure(() => old.open(OREAD, call))).toBe('file does not exist');
        expect(await failure(() => old.stat(call))).toBe('file does not exist');
      });
    });

    describe('read(5), write(5)', () => {
      test('reads end at the end, writes may leave a hole', async () => {
        await fresh();
        const f = await walkTo(root);
        await f.create('f', 0o666, ORDWR, call);
        expect((await f.read(0, 10, call)).length).toBe(0);
        expect(await f.write(3, text('abc'), call)).toBe(3);
        expect([...(await f.read(0, 100, call))]).toEqual([0, 0, 0, 97, 98, 99]);
        expect((await f.read(4, 1, call))[0]).toBe(98);
        expect((await f.read(6, 10, call)).length).toBe(0);
        expect((await f.read(1e15, 10, call)).length).toBe(0);
        expect(await f.write(9, new Uint8Array(0), call)).toBe(0);
        expect((await f.stat(call)).length).toBe(6n);
        await f.clunk();
      });

      test('offsets have more than 32 bits', async () => {
        await fresh();
        const f = await walkTo(root);
        await f.create('f', 0o666, ORDWR, call);
        const far = 2 ** 32 + 5;
        expect(await f.write(far, text('far'), call)).toBe(3);
        expect((await f.stat(call)).length).toBe(BigInt(far + 3));
        expect([...(await f.read(far - 1, 100, call))]).toEqual([0, ...text('far')]);
        expect([...(await f.read(5, 2, call))]).toEqual([0, 0]);
        await f.remove(call);
      });

      test('a change makes another version', async () => {
        await fresh();
        await make(root, 'f', 0o666, 'abc');
        const f = await walkTo(root, 'f');
        const before = (await f.stat(call)).qid;
        await f.open(OWRITE, call);
        await f.write(0, text('abcd'), call);
        const after = (await f.stat(call)).qid;
        expect(after.path).toBe(before.path);
        expect(after.version).not.toBe(before.version);
        await f.clunk();
      });

      test('a directory gives whole records, from 0 or where it stopped', async () => {
        await fresh();
        const names = Array.from({ length: 40 }, (_, i) => `file-${i}`);
        for (const name of names) await make(root, name);
        const d = await walkTo(root);
        await d.open(OREAD, call);
        const seen: string[] = [];
        let at = 0;
        for (;;) {
          const bytes = await d.read(at, 300, call);
          if (bytes.length === 0) break;
          seen.push(...unpackDirs(bytes).map((e) => e.name));
          at += bytes.length;
        }
        expect(seen.sort()).toEqual(names.sort());
        expect((await d.read(at, 300, call)).length).toBe(0);
        expect(await failure(() => d.read(at - 1, 300, call))).toBe('bad offset');
        expect(await failure(() => d.read(1, 300, call))).toBe('bad offset');
        expect(await failure(() => d.read(0, 10, call))).toBe('bad count');
        expect(unpackDirs(await d.read(0, 8192, call)).length).toBe(40);
        await d.clunk();
      });

      test('directory entries are what stat says', async () => {
        await fresh();
        await make(root, 'f', 0o640, 'abc');
        await make(root, 'd', DMDIR | 0o700);
        for (const entry of await list(root)) {
          const stat = await (await walkTo(root, entry.name)).stat(call);
          expect({ ...entry, atime: 0 }).toEqual({ ...stat, atime: 0 });
        }
      });
    });

    describe('remove(5)', () => {
      test('needs the directory writable, and an empty one to remove', async () => {
        await fresh();
        await make(root, 'd', DMDIR | 0o777);
        const d = await walkTo(root, 'd');
        await make(d, 'f', 0);
        expect(await failure(async () => (await walkTo(root, 'd')).remove(call))).toBe('directory not empty');
        await d.wstat(wstatDir({ mode: (DMDIR | 0o555) >>> 0 }), call);
        expect(await failure(async () => (await walkTo(d, 'f')).remove(call))).toBe('permission denied');
        await d.wstat(wstatDir({ mode: (DMDIR | 0o777) >>> 0 }), call);
        await (await walkTo(d, 'f')).remove(call);
        await (await walkTo(root, 'd')).remove(call);
        expect(await list(root)).toEqual([]);
        expect(await failure(async () => (await walkTo(top)).remove(call))).toBe('permission denied');
      });

      test('what is gone can not be removed again', async () => {
        await fresh();
        await make(root, 'f');
        const two = await walkTo(root, 'f');
        await (await walkTo(root, 'f')).remove(call);
        expect(await failure(() => two.remove(call))).toBe('file does not exist');
      });

      test('a fid of a file that is gone does nothing to a new one of its name', async () => {
        await fresh();
        await make(root, 'f');
        const [removes, closes, changes] = [
          await walkTo(root, 'f'),
          await walkTo(root, 'f'),
          await walkTo(root, 'f'),
        ];
        await closes.open(OREAD | ORCLOSE, call);
        await (await walkTo(root, 'f')).remove(call);
        await make(root, 'f', 0o666, 'new');
        expect(await failure(() => removes.remove(call))).toBe('file does not exist');
        expect(await failure(() => changes.wstat(wstatDir({ name: 'g', length: 0n }), call))).toBe(
          'file does not exist',
        );
        await closes.clunk();
        expect(await contents(root, 'f')).toBe('new');
      });
    });

    describe('wstat(5)', () => {
      const changes = async (file: string, dir: Parameters<typeof wstatDir>[0]): Promise<string> =>
        failure(async () => (await walkTo(root, file)).wstat(wstatDir(dir), call));

      test('nothing to change is a request to write back', async () => {
        await fresh();
        await make(root, 'f');
        expect(await changes('f', {})).toBe('no error');
      });

      test('renames within the directory, never over another file', async () => {
        await fresh();
        await make(root, 'f', 0o666, 'abc');
        await make(root, 'g');
        const held = await walkTo(root, 'f');
        expect(await changes('f', { name: 'g' })).toBe('file already exists');
        for (const name of ['.', '..', 'a/b']) expect(await changes('f', { name })).toBe('illegal name');
        expect(await changes('f', { name: 'f' })).toBe('no error');
        expect(await changes('f', { name: 'h' })).toBe('no error');
        expect(await contents(root, 'h')).toBe('abc');
        expect((await held.stat(call)).name).toBe('h');
        expect((await list(root)).map((e) => e.name).sort()).toEqual(['g', 'h']);
        expect(await failure(() => top.wstat(wstatDir({ name: 'x' }), call))).toBe('permission denied');
      });

      test('renames a directory with all below it', async () => {
        await fresh();
        await make(root, 'd', DMDIR | 0o777);
        await make(await walkTo(root, 'd'), 'f', 0o666, 'in');
        const held = await walkTo(root, 'd', 'f');
        expect(await changes('d', { name: 'e' })).toBe('no error');
        expect(await contents(root, 'e', 'f')).toBe('in');
        await held.open(OREAD, call);
        expect(new TextDecoder().decode(await held.read(0, 9, call))).toBe('in');
        await held.clunk();
      });

      test('sets the length, with zeros where there was nothing', async () => {
        await fresh();
        await make(root, 'f', 0o666, 'abcdef');
        expect(await changes('f', { length: 3n })).toBe('no error');
        expect(await changes('f', { length: 5n })).toBe('no error');
        expect(await contents(root, 'f')).toBe('abc\0\0');
        await make(root, 'd', DMDIR | 0o777);
        expect(await changes('d', { length: 0n })).toBe('no error');
        expect(await changes('d', { length: 1n })).toBe('file is a directory');
      });

      test('sets mode and mtime, but not the directory bit', async () => {
        await fresh();
        await make(root, 'f');
        expect(await changes('f', { mode: (DMAPPEND | 0o600) >>> 0, mtime: 1_000_000 })).toBe('no error');
        const stat = await (await walkTo(root, 'f')).stat(call);
        expect([stat.mode, stat.mtime, stat.qid.type]).toEqual([
          (DMAPPEND | 0o600) >>> 0,
          1_000_000,
          QTAPPEND,
        ]);
        expect(await changes('f', { mode: (DMDIR | 0o600) >>> 0 })).toBe(
          'wstat can not change the directory bit',
        );
        expect(await changes('f', { mode: 0x08000000 })).toBe('bad permissions');
      });

      test('what can not be changed is an error, even beside what can', async () => {
        await fresh();
        await make(root, 'f', 0o666, 'abc');
        const is = await (await walkTo(root, 'f')).stat(call);
        const fixed: Parameters<typeof wstatDir>[0][] = [
          { uid: 'somebody' },
          { muid: 'somebody' },
          { atime: 5 },
          { type: 7 },
          { dev: 7 },
          { qid: { ...is.qid, path: 12345n } },
          { qid: { ...is.qid, version: 12345 } },
        ];
        for (const change of fixed) {
          expect(await changes('f', { ...change, name: 'g', length: 1n, mode: 0o600 })).toBe(
            'wstat prohibited',
          );
        }
        expect(await (await walkTo(root, 'f')).stat(call)).toEqual({ ...is, atime: expect.any(Number) });
        expect(await changes('f', { uid: is.uid, qid: is.qid, muid: is.muid })).toBe('no error');
      });

      test('all or nothing', async () => {
        await fresh();
        await make(root, 'f', 0o666, 'abc');
        await make(root, 'g');
        const is = await (await walkTo(root, 'f')).stat(call);
        expect(await changes('f', { mode: 0o600, length: 1n, mtime: 5, name: 'g' })).toBe(
          'file already exists',
        );
        expect(await changes('f', { mode: 0o600, length: 1n, gid: 'nobody-at-all' })).toBe(
          'permission denied',
        );
        expect(await (await walkTo(root, 'f')).stat(call)).toEqual({ ...is, atime: expect.any(Number) });
      });
    });

    test('a file belongs to who made it, whoever looks', async () => {
      await fresh();
      await make(root, 'mine', 0o600, 'mine');
      await make(root, 'ours', 0o644, 'ours');
      const theirs = await walkTo(
        await subject.server.attach({ uname: 'rob', aname: '' }, call),
        (await root.stat(call)).name,
      );
      expect((await (await walkTo(theirs, 'mine')).stat(call)).uid).toBe('glenda');
      expect(await contents(theirs, 'ours')).toBe('ours');
      expect(await failure(() => contents(theirs, 'mine'))).toBe('permission denied');
      expect(await failure(async () => (await walkTo(theirs, 'ours')).open(OWRITE, call))).toBe(
        'permission denied',
      );
      expect(
        await failure(async () => (await walkTo(theirs, 'mine')).wstat(wstatDir({ mode: 0o666 }), call)),
      ).toBe('permission denied');
      await make(theirs, 'new');
      expect((await (await walkTo(root, 'new')).stat(call)).uid).toBe('rob');
    });

    test('random creates, writes, renames and removes leave the tree that a model has', async () => {
      /** A text for a file, a map for a directory. */
      type Model = Map<string, Model | string>;
      const at = (model: Model, path: readonly string[]): Model | string | undefined =>
        path.reduce<Model | string | undefined>((m, n) => (m instanceof Map ? m.get(n) : undefined), model);
      const show = async (dir: File): Promise<Model> => {
        const model: Model = new Map();
        for (const { name, mode } of await list(dir)) {
          model.set(name, mode & DMDIR ? await show(await walkTo(dir, name)) : await contents(dir, name));
        }
        return model;
      };
      const element = fc.constantFrom('a', 'b', 'c');
      const step = fc.record({
        path: fc.array(element, { maxLength: 2 }),
        name: element,
        to: element,
        what: fc.constantFrom('file', 'dir', 'write', 'rename', 'remove'),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
          await fresh();
          const model: Model = new Map();
          for (const { path, name, to, what } of steps) {
            const parent = at(model, path);
            const there = parent instanceof Map ? parent.get(name) : undefined;
            const error = await failure(async () => {
              if (what === 'file') await make(await walkTo(root, ...path), name, 0o666, 'new');
              else if (what === 'dir') await make(await walkTo(root, ...path), name, DMDIR | 0o777);
              else {
                const f = await walkTo(root, ...path, name);
                if (what === 'remove') await f.remove(call);
                else if (what === 'rename') await f.wstat(wstatDir({ name: to }), call);
                else {
                  await f.open(OWRITE | OTRUNC, call);
                  await f.write(0, text(to), call);
                  await f.clunk();
                }
              }
            }).catch(() => 'not walked');
            const makes = what === 'file' || what === 'dir';
            const may =
              parent instanceof Map &&
              (makes ? there === undefined : there !== undefined) &&
              !(what === 'write' && there instanceof Map) &&
              !(what === 'remove' && there instanceof Map && there.size > 0) &&
              !(what === 'rename' && to !== name && parent.has(to));
            expect(error === 'no error', `${what} ${path.join('/')}/${name} ${to}: ${error}`).toBe(may);
            if (!may) continue;
            if (what === 'file') parent.set(name, 'new');
            else if (what === 'dir') parent.set(name, new Map());
            else if (what === 'write') parent.set(name, to);
            else {
              parent.delete(name);
              if (what === 'rename') parent.set(to, there as Model | string);
            }
          }
          expect(await show(root)).toEqual(model);
        }),
        { numRuns: 25 },
      );
    });

    describe('a removed directory', () => {
      test('holds nothing and takes nothing', async () => {
        await fresh();
        await make(root, 'd', DMDIR | 0o777);
        const d = await walkTo(root, 'd');
        await (await walkTo(root, 'd')).remove(call);
        expect(await failure(() => d.walk(['x'], call))).toBe('file does not exist');
        expect(await failure(async () => d.create('x', 0o666, OWRITE, call))).toBe('file does not exist');
      });
    });
  });
}
