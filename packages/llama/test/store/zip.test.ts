import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { ModelStoreError } from '../../src/store/index.ts';
import { readZip, unpackEntry } from '../../src/store/zip.ts';
import { zip } from './wheel.ts';

const folder = mkdtempSync(join(tmpdir(), 'llambo-zip-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, 'a.zip');

async function unpackAll(bytes: Buffer): Promise<Map<string, Buffer>> {
  writeFileSync(path, bytes);
  const all = new Map<string, Buffer>();
  for (const [name, entry] of await readZip(path)) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of unpackEntry(path, entry)) chunks.push(chunk);
    all.set(name, Buffer.concat(chunks));
  }
  return all;
}

const long = Buffer.alloc(1_000_000, 'llama ');

it('unpacks stored, deflated, empty and long files', async () => {
  const files = [
    { name: 'deflated', bytes: long },
    { name: 'stored/żółw', bytes: long.subarray(1), stored: true },
    { name: 'empty', bytes: Buffer.alloc(0) },
    { name: 'nothing', bytes: Buffer.alloc(0), stored: true },
  ];
  const all = await unpackAll(zip(files));
  expect([...all.keys()]).toEqual(files.map(({ name }) => name));
  for (const { name, bytes } of files) expect(all.get(name)!.equals(bytes)).toBe(true);
});

it('gives no more than the directory says', async () => {
  const bytes = zip([{ name: 'bomb', bytes: long }]);
  const at = bytes.lastIndexOf('PK\x01\x02', undefined, 'latin1');
  bytes.writeUInt32LE(10, at + 24);
  await expect(unpackAll(bytes)).rejects.toThrow('bomb is larger than it says');
});

it.each([
  ['nothing', Buffer.alloc(0), /no zip archive/],
  ['text', Buffer.from('hello'), /no zip archive/],
  ['half an archive', zip([{ name: 'a', bytes: long }]).subarray(0, 200), /no zip archive/],
])('refuses %s', async (_, bytes, message) => {
  await expect(unpackAll(bytes)).rejects.toThrow(message);
});

it('answers any mutation with files or a ModelStoreError', async () => {
  const whole = zip([
    { name: 'a', bytes: long.subarray(0, 300) },
    { name: 'b', bytes: long.subarray(0, 40), stored: true },
  ]);
  const change = fc.record({ at: fc.nat(whole.length - 1), byte: fc.nat(255) });
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 5 }), async (changes) => {
      const bytes = Buffer.from(whole);
      for (const { at, byte } of changes) bytes[at] = byte;
      const result = await unpackAll(bytes).catch((error: unknown) => error);
      if (!(result instanceof Map)) expect(result).toBeInstanceOf(ModelStoreError);
    }),
    { numRuns: 300 },
  );
});
