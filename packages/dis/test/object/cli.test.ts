import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asm } from '../../src/cli/asm.ts';
import { dump } from '../../src/cli/dump.ts';
import { verify } from '../../src/cli/verify.ts';
import { read, write } from '../../src/object/index.ts';
import { sample } from './sample.ts';

let dir = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'dis-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

function capture(run: (io: { out(t: string | Uint8Array): void; err(t: string): void }) => number): {
  status: number;
  out: string;
  err: string;
} {
  let out = '';
  let err = '';
  const status = run({
    out: (t) => {
      out += typeof t === 'string' ? t : Buffer.from(t).toString('latin1');
    },
    err: (t) => {
      err += t;
    },
  });
  return { status, out, err };
}

test('dump, asm and dump again', () => {
  const first = join(dir, 'a.dis');
  const text = join(dir, 'a.s');
  const second = join(dir, 'b.dis');
  writeFileSync(first, write(sample()));
  const dumped = capture((io) => dump([first], io));
  expect(dumped.status).toBe(0);
  writeFileSync(text, dumped.out);
  expect(capture((io) => asm(['-n', '-o', second, text], io))).toEqual({ status: 0, out: '', err: '' });
  expect(readFileSync(second)).toEqual(readFileSync(first));
});

test('asm verifies what it made', () => {
  const text = join(dir, 'bad.s');
  writeFileSync(text, '\tjmp $3\n');
  const { status, err } = capture((io) => asm(['-o', '-', text], io));
  expect(status).toBe(1);
  expect(err).toBe(`dis asm: ${text}: branch outside the code: instruction 0, jmp $3\n`);
});

test('verify tells good files from bad ones and goes on', () => {
  const good = join(dir, 'good.dis');
  const bad = join(dir, 'bad.dis');
  writeFileSync(join(dir, 'good.s'), 'ret\ndesc $0,0\ndesc $1,32\nentry 0,1\nmodule Good\n');
  expect(capture((io) => asm(['-o', good, join(dir, 'good.s')], io)).status).toBe(0);
  writeFileSync(bad, 'not dis');
  const { status, out, err } = capture((io) => verify([bad, good], io));
  expect(status).toBe(1);
  expect(out).toBe(`${good}: Good: ok, 1 instructions, 1 functions, 0 bytes of data\n`);
  expect(err).toBe(`dis verify: ${bad}: bad magic\n`);
});

test.each([
  ['dump', dump],
  ['asm', asm],
  ['verify', verify],
])('%s without files tells how it is used', (name, run) => {
  const { status, err } = capture((io) => run([], io));
  expect(status).toBe(2);
  expect(err).toMatch(new RegExp(`^usage: dis ${name} .*FILE`));
});

test('a file that is not there', () => {
  const { status, err } = capture((io) => dump([join(dir, 'none.dis')], io));
  expect([status, err]).toEqual([1, expect.stringContaining('no such file')]);
});

test('assembled bytes are an object file', () => {
  const text = join(dir, 'out.s');
  writeFileSync(text, 'ret\ndesc $0,0\ndesc $1,32\nentry 0,1\n');
  const { out } = capture((io) => asm(['-o', '-', text], io));
  expect(read(Buffer.from(out, 'latin1')).code).toHaveLength(1);
});
