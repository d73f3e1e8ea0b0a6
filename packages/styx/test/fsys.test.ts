import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ramfs } from '../src/fs/index.ts';
import {
  Client,
  DMDIR,
  type File,
  Fsys,
  ORDWR,
  OREAD,
  OWRITE,
  pair,
  serve,
  uninterrupted,
} from '../src/index.ts';
import { toy } from './toy.ts';

const text = (b: Uint8Array): string => Buffer.from(b).toString();
const pattern = (n: number): Uint8Array => Uint8Array.from({ length: n }, (_, i) => (i * 7) % 253);

/** The same calls on a remote tree and on one in this process. */
describe.each(['remote', 'local'])('a %s tree', (kind) => {
  let fs: Fsys;
  let client: Client | undefined;

  beforeEach(async () => {
    const tree = ramfs();
    if (kind === 'local') {
      fs = new Fsys(await tree.attach({ uname: 'glenda', aname: '' }, uninterrupted));
      return;
    }
    const [a, b] = pair();
    serve(a, tree);
    client = await Client.connect(b, { msize: 4096 + 24 });
    fs = new Fsys(await client.attach({ uname: 'glenda' }));
  });

  afterEach(() => client?.close());

  test('files by name', async () => {
    await fs.writeFile('/notes', 'one\n');
    expect(await fs.readText('notes')).toBe('one\n');
    await fs.writeFile('notes', 'two');
    expect(await fs.readText('./notes')).toBe('two');
    await fs.mkdir('d');
    await fs.writeFile('d/x', '');
    expect((await fs.readdir('d')).map((d) => d.name)).toEqual(['x']);
    expect((await fs.readdir()).map((d) => d.name).sort()).toEqual(['d', 'notes']);
    expect((await fs.stat('d')).mode & DMDIR).not.toBe(0);
    await fs.wstat('d/x', { name: 'y', mode: 0o600 });
    expect((await fs.stat('d/y')).mode).toBe(0o600);
    await expect(fs.remove('d')).rejects.toThrow('not empty');
    await fs.remove('d/y');
    await fs.remove('d');
    await expect(fs.stat('d')).rejects.toThrow('file does not exist');
    await expect(fs.stat('notes/x')).rejects.toThrow();
    await fs.close();
  });

  test('more names than one walk takes', async () => {
    const names = Array.from({ length: 40 }, (_, i) => `d${i}`);
    for (let i = 1; i <= names.length; i++) await fs.mkdir(names.slice(0, i).join('/'));
    await fs.writeFile(`${names.join('/')}/leaf`, 'deep');
    expect(await fs.readText(`${names.join('/')}/leaf`)).toBe('deep');
    await expect(fs.stat(`${names.slice(0, 20).join('/')}/x/y`)).rejects.toThrow('file does not exist');
  });

  test('sizes around the message size', async () => {
    for (const n of [0, 1, 4095, 4096, 4097, 8192, 100_000]) {
      const data = pattern(n);
      await fs.writeFile('f', data);
      expect(await fs.readFile('f')).toEqual(data);
    }
  });

  test('positions, iteration, streams', async () => {
    const data = pattern(50_000);
    await using f = await fs.create('f', 0o666, ORDWR);
    await f.write(data.subarray(0, 30_000));
    await f.write(data.subarray(30_000));
    expect(f.offset).toBe(50_000);
    expect(await f.pread(49_999, 10)).toEqual(data.subarray(49_999));
    f.offset = 0;
    const parts: Uint8Array[] = [];
    for await (const part of f) parts.push(part);
    expect(new Uint8Array(Buffer.concat(parts))).toEqual(data);
    f.offset = 10;
    const ahead: Uint8Array[] = [];
    for await (const part of f.chunks({ ahead: 8 })) ahead.push(part);
    expect(new Uint8Array(Buffer.concat(ahead))).toEqual(data.subarray(10));

    const from = await fs.open('f', OREAD);
    const to = await fs.create('g', 0o666, OWRITE);
    await from.readable({ ahead: 4 }).pipeTo(to.writable({ behind: 4 }));
    expect(await fs.readFile('g')).toEqual(data);

    const half = (await fs.open('f', OREAD)).readable();
    const reader = half.getReader();
    expect((await reader.read()).value?.length).toBeGreaterThan(0);
    await reader.cancel();
  });

  test('a reader may leave early', async () => {
    await fs.writeFile('f', pattern(100_000));
    const f = await fs.open('f', OREAD);
    for await (const part of f.chunks({ ahead: 8 })) {
      expect(part.length).toBeGreaterThan(0);
      break;
    }
    await f.close();
  });
});

test('short reads in a bulk read lose nothing', async () => {
  const data = pattern(40_000);
  let reads = 0;
  const file = {
    qid: { type: 0, version: 0, path: 1n },
    stat: () => ({ length: 40_000n }),
    read: (offset: number, count: number) => data.slice(offset, offset + (reads++ % 3 === 1 ? 100 : count)),
    clunk: () => {},
    walk: () => ({ qids: [], file: { ...file } }),
    open: () => ({ qid: file.qid, iounit: 1000 }),
  } as unknown as File;
  expect(await new Fsys(file).readFile('/')).toEqual(data);
});

test('a blocking file gives what it has, and can be interrupted', async () => {
  const tree = toy();
  const [a, b] = pair();
  serve(a, tree);
  const client = await Client.connect(b);
  const fs = new Fsys(await client.attach({ uname: 'glenda' }));
  const f = await fs.open('event');
  const reading = f.read();
  await new Promise((r) => setTimeout(r, 5));
  tree.release();
  expect(text(await reading)).toBe('ding\n');
  const controller = new AbortController();
  const next = f.read(10, controller);
  setTimeout(() => controller.abort(), 5);
  await expect(next).rejects.toThrow('interrupted');
  await f.close();
  client.close();
});
