import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../../dis/src/cli/run.ts';
import { compile, render } from '../../src/index.ts';
import { modules, readDisk, root } from '../helper.ts';

/*
 * The golden programs under testdata/limbo: compiled by us and run on our machine, with our libraries at /dis/lib, and
 * by the reference implementation, when $LLAMBO_PEERS names a folder with bin/limbo-ref and bin/emu-ref.
 */

const golden = join(root, 'testdata/limbo');
const libraries = join(root, 'limbo/lib');
const namesIn = (folder: string): string[] =>
  readdirSync(join(golden, folder))
    .filter((f) => f.endsWith('.b'))
    .map((f) => f.slice(0, -2))
    .sort();
const expected = (folder: string, name: string): string =>
  readFileSync(join(golden, folder, `${name}.out`), 'utf8');

/** Root of the name space that programs see: dis/lib, tmp, and the program itself. */
let place = '';
beforeAll(() => {
  // One process runs what would be many, each with listeners of its own.
  for (const e of [process, process.stdin, process.stdout, process.stderr]) e.setMaxListeners(0);
  place = mkdtempSync(join(tmpdir(), 'limbo-golden-'));
  for (const folder of ['dis/lib/encoding', 'tmp', 'n', 'locale']) {
    mkdirSync(join(place, folder), { recursive: true });
  }
});
afterAll(() => {
  rmSync(place, { recursive: true, force: true });
});

function build(source: string, object: string): void {
  const { dis, diagnostics } = compile(source, readDisk, { include: [modules] });
  if (dis === undefined) throw new Error(diagnostics.map((d) => render(d)).join('\n'));
  writeFileSync(object, dis);
}

/** What the program prints, on file 1 and 2. */
async function printed(name: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  const out = process.stdout.write;
  const err = process.stderr.write;
  const take = ((data: Uint8Array | string, ...rest: unknown[]) => {
    chunks.push(typeof data === 'string' ? Buffer.from(data) : data);
    for (const done of rest) if (typeof done === 'function') done();
    return true;
  }) as typeof out;
  process.stdout.write = take;
  process.stderr.write = take;
  try {
    await run(['-r', place, '-w', `/${name}.dis`]);
  } finally {
    process.stdout.write = out;
    process.stderr.write = err;
  }
  return Buffer.concat(chunks).toString('utf8');
}

describe.sequential('libraries', () => {
  const files = readdirSync(libraries, { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.b'));
  it.each(files.sort())('%s compiles', (file) => {
    const object = join(place, 'dis/lib', file.replace(/\.b$/, '.dis'));
    mkdirSync(dirname(object), { recursive: true });
    build(join(libraries, file), object);
  });
});

describe.sequential.each(['lang', 'lib'])('%s', (folder) => {
  it.each(namesIn(folder))('%s prints what it must', async (name) => {
    build(join(golden, folder, `${name}.b`), join(place, `${name}.dis`));
    expect(await printed(name)).toBe(expected(folder, name));
  });
});

const peers = process.env.LLAMBO_PEERS ?? '';
const emulator = join(peers, 'bin/emu-ref');
const compiler = join(peers, 'bin/limbo-ref');
const missing = peers === '' || !existsSync(emulator) || !existsSync(compiler);
describe.skipIf(missing)('the reference ($LLAMBO_PEERS) prints the same', () => {
  // Reals and traps need an emulator whose setfcr takes its argument from the stack, see testdata/limbo/README.md.
  const control = new Set(['byte', 'casts', 'excrun', 'fixed', 'formats', 'lexical', 'real']);
  it.each(namesIn('lang').filter((n) => !control.has(n)))('%s', (name) => {
    const object = join(place, `ref-${name}.dis`);
    execFileSync(compiler, ['-o', object, join(golden, 'lang', `${name}.b`)], { stdio: 'ignore' });
    const said = execFileSync(emulator, [`/n/local${object}`], { timeout: 20_000, encoding: 'utf8' });
    expect(said).toBe(expected('lang', name));
  });
});
