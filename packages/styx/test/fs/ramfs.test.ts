import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ramfs } from '../../src/fs/index.ts';
import {
  uninterrupted as call,
  DMDIR,
  type File,
  ORDWR,
  OREAD,
  unpackDirs,
  wstatDir,
} from '../../src/index.ts';
import { contents, failure, fileSystemSuite, list, make, walkTo } from './file-system-suite.ts';

fileSystemSuite('ramfs', () => ({ server: ramfs() }));

const users = {
  isMember: (user: string, group: string) => user === group || (group === 'sys' && user !== 'eve'),
  isLeader: (user: string, group: string) => user === group || (group === 'sys' && user === 'bob'),
};

describe('users and groups, intro(5)', () => {
  const setUp = async (): Promise<Record<'alice' | 'bob' | 'carol' | 'eve', File>> => {
    const server = ramfs({ owner: 'alice', group: 'sys', users });
    const as = async (uname: string): Promise<File> => server.attach({ uname, aname: '' }, call);
    return { alice: await as('alice'), bob: await as('bob'), carol: await as('carol'), eve: await as('eve') };
  };
  const opens = (root: File, mode: number): Promise<string> =>
    failure(async () => (await walkTo(root, 'f')).open(mode, call));

  test.each([
    [0o400, 'alice', OREAD, 'no error'],
    [0o400, 'carol', OREAD, 'permission denied'],
    [0o040, 'carol', OREAD, 'no error'],
    [0o040, 'eve', OREAD, 'permission denied'],
    [0o004, 'eve', OREAD, 'no error'],
    // The owner has what the group or others have.
    [0o040, 'alice', OREAD, 'no error'],
    [0o004, 'alice', OREAD, 'no error'],
    [0o004, 'carol', OREAD, 'no error'],
    [0o420, 'alice', ORDWR, 'no error'],
    [0o420, 'carol', ORDWR, 'permission denied'],
    [0o042, 'carol', ORDWR, 'no error'],
    [0o042, 'eve', ORDWR, 'permission denied'],
  ] as const)('mode %o, %s, open %d: %s', async (mode, user, how, want) => {
    const by = await setUp();
    await make(by.alice, 'f', 0o666);
    await (await walkTo(by.alice, 'f')).wstat(wstatDir({ mode }), call);
    expect(await opens(by[user], how)).toBe(want);
  });

  test('mode belongs to the owner and the group leader; the owner can not be changed', async () => {
    const by = await setUp();
    await make(by.alice, 'f', 0o666);
    const chmod = (root: File, mode: number): Promise<string> =>
      failure(async () => (await walkTo(root, 'f')).wstat(wstatDir({ mode }), call));
    expect(await chmod(by.alice, 0o664)).toBe('no error');
    expect(await chmod(by.bob, 0o660)).toBe('no error');
    expect(await chmod(by.carol, 0o600)).toBe('permission denied');
    expect(await chmod(by.eve, 0o600)).toBe('permission denied');
    const chown = async (root: File): Promise<string> =>
      failure(async () => (await walkTo(root, 'f')).wstat(wstatDir({ uid: 'bob' }), call));
    expect(await chown(by.alice)).toBe('wstat prohibited');
  });

  test('group: the owner into their groups, the leader into those they lead', async () => {
    const by = await setUp();
    await make(by.alice, 'f', 0o666);
    const chgrp = (root: File, gid: string): Promise<string> =>
      failure(async () => (await walkTo(root, 'f')).wstat(wstatDir({ gid }), call));
    expect(await chgrp(by.alice, 'eve')).toBe('permission denied');
    expect(await chgrp(by.alice, 'alice')).toBe('no error');
    expect(await chgrp(by.alice, 'sys')).toBe('no error');
    expect(await chgrp(by.carol, 'carol')).toBe('permission denied');
    expect(await chgrp(by.bob, 'bob')).toBe('no error');
  });

  test('name: who may write the directory; length: who may write the file', async () => {
    const by = await setUp();
    await make(by.alice, 'd', DMDIR | 0o777);
    const d = await walkTo(by.alice, 'd');
    await make(d, 'f', 0o646, 'abc');
    await d.wstat(wstatDir({ mode: (DMDIR | 0o775) >>> 0 }), call);
    const change = (root: File, to: Parameters<typeof wstatDir>[0]): Promise<string> =>
      failure(async () => (await walkTo(root, 'd', 'f')).wstat(wstatDir(to), call));
    expect(await change(by.eve, { name: 'g' })).toBe('permission denied');
    expect(await change(by.eve, { length: 1n })).toBe('no error');
    expect(await change(by.carol, { length: 2n })).toBe('no error');
    expect((await (await walkTo(d, 'f')).stat(call)).muid).toBe('carol');
    expect(await change(by.carol, { name: 'g' })).toBe('no error');
  });
});

describe('quota', () => {
  test('bytes: what does not fit is refused whole, and removal makes room', async () => {
    const server = ramfs({ quota: { bytes: 10 } });
    const root = await server.attach({ uname: 'me', aname: '' }, call);
    await make(root, 'a', 0o666, '12345');
    const b = await walkTo(root);
    await b.create('b', 0o666, ORDWR, call);
    expect(await failure(() => b.write(0, new Uint8Array(6), call))).toBe('file system full');
    expect(await failure(() => b.write(1 << 30, new Uint8Array(1), call))).toBe('file system full');
    expect(await failure(() => b.wstat(wstatDir({ length: 1n << 62n }), call))).toBe('file too large');
    expect((await b.stat(call)).length).toBe(0n);
    expect(await b.write(0, new Uint8Array(5), call)).toBe(5);
    expect(server.usage).toEqual({ bytes: 10, files: 2 });
    await (await walkTo(root, 'a')).remove(call);
    expect(server.usage).toEqual({ bytes: 5, files: 1 });
    await (await walkTo(root, 'b')).remove(call);
    expect(server.usage.bytes, 'an open file counts until it is clunked').toBe(5);
    await b.clunk();
    expect(server.usage).toEqual({ bytes: 0, files: 0 });
  });

  test('files', async () => {
    const root = await ramfs({ quota: { files: 2 } }).attach({ uname: 'me', aname: '' }, call);
    await make(root, 'a');
    await make(root, 'd', DMDIR | 0o777);
    expect(await failure(() => make(root, 'b'))).toBe('file system full');
  });
});

test('an entry that goes while a directory is read is passed over', async () => {
  const root = await ramfs().attach({ uname: 'me', aname: '' }, call);
  for (const name of ['a', 'b', 'c']) await make(root, name);
  const d = await walkTo(root);
  await d.open(OREAD, call);
  const first = await d.read(0, 80, call);
  await (await walkTo(root, 'b')).remove(call);
  await make(root, 'z');
  const rest = await d.read(first.length, 8192, call);
  expect(unpackDirs(rest).map((entry) => entry.name)).toEqual(['c']);
});

test('writes and lengths agree with a plain array of bytes', async () => {
  const root = await ramfs().attach({ uname: 'me', aname: '' }, call);
  let n = 0;
  const step = fc.oneof(
    fc.record({ at: fc.nat(300), data: fc.uint8Array({ maxLength: 200 }) }),
    fc.record({ length: fc.nat(400) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const name = `f${n++}`;
      const f = await walkTo(root);
      await f.create(name, 0o666, ORDWR, call);
      let model: number[] = [];
      for (const s of steps) {
        if ('length' in s) {
          await f.wstat(wstatDir({ length: BigInt(s.length) }), call);
          model = Array.from({ length: s.length }, (_, i) => model[i] ?? 0);
        } else {
          await f.write(s.at, s.data, call);
          if (s.data.length > 0) while (model.length < s.at) model.push(0);
          s.data.forEach((byte, i) => {
            model[s.at + i] = byte;
          });
        }
        expect([...(await f.read(0, 1000, call))]).toEqual(model);
      }
      await f.remove(call);
    }),
    { numRuns: 60 },
  );
  expect(await list(root)).toEqual([]);
  expect(await failure(() => contents(root, 'none'))).toBe('file does not exist');
});
