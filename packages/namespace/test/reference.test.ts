/**
 * Random operations on the official Inferno emulator and here: the same results, the same errors, the same printed form.
 * The emulator is `$LLAMBO_PEERS/bin/emu-ref`, a wrapper that runs a program of Inferno with the host's root at /n/local.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MAFTER, MBEFORE, MCREATE, MREPL, type Namespace } from '../src/index.ts';
import { hostDevice } from '../src/node/index.ts';
import { failure, onDevices, read } from './helpers.ts';

const emulator = join(process.env['LLAMBO_PEERS'] ?? '/nowhere', 'bin/emu-ref');
const missing = existsSync(emulator) ? '' : ' (skipped: no LLAMBO_PEERS with bin/emu-ref)';

let folder = '';
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'reference-')));
  for (const dir of ['a', 'b', 'c']) {
    mkdirSync(join(folder, dir, 's/t'), { recursive: true });
    for (const file of [
      `${dir}/f`,
      `${dir}/s/f`,
      `${dir}/s/t/f`,
      `${dir}/only${dir}`,
      `${dir}/s/only${dir}`,
    ]) {
      writeFileSync(join(folder, file), `${file}\n`);
    }
  }
  writeFileSync(join(folder, 'f'), 'top\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Operation {
  /** For Inferno's shell. */
  readonly line: string;
  readonly run: (ns: Namespace) => unknown;
}

const dirs = ['a', 'b', 'c', 'a/s', 'b/s', 'c/s', 'a/s/t', 'b/s/t'];
const flags = [
  ['', MREPL],
  ['-b', MBEFORE],
  ['-a', MAFTER],
  ['-c', MCREATE],
  ['-bc', MBEFORE | MCREATE],
  ['-ac', MAFTER | MCREATE],
] as const;
const files = ['a', 'b', 'c'].flatMap((d) => [
  ...[`${d}/f`, `${d}/s/f`, `${d}/s/t/f`, `${d}/../f`, `${d}/s/../f`, `${d}/s/t/../f`, `${d}/s/t/../../f`],
  ...[`${d}/s/../../f`, `${d}/s/../s/t/../f`, `${d}/s/../../${d}/f`, `${d}/none/../f`, `${d}/f/x`, `${d}/f/`],
  ...['a', 'b', 'c'].flatMap((e) => [`${d}/only${e}`, `${d}/s/only${e}`]),
]);

function operations(seed: number): Operation[] {
  let state = seed;
  const pick = <T>(from: readonly T[]): T => {
    state = (state * 1103515245 + 12345) & 0x7fffffff;
    return from[(state >> 8) % from.length] as T;
  };
  const all: Operation[] = [];
  for (let i = 0; i < 60; i++) {
    const kind = pick([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const [name, on] = [pick(dirs), pick(dirs)];
    if (kind < 4) {
      const [option, flag] = pick(flags);
      all.push({ line: `bind ${option} ${name} ${on}`, run: (ns) => ns.bind(name, on, flag) });
    } else if (kind < 5) {
      const one = pick([true, false]);
      all.push({
        line: one ? `unmount ${name} ${on}` : `unmount ${on}`,
        run: (ns) => ns.unmount(one ? name : undefined, on),
      });
    } else {
      for (let j = 0; j < 6; j++) {
        const file = pick(files);
        all.push({ line: `cat ${file}`, run: (ns) => read(ns, file) });
      }
    }
  }
  return all;
}

/** `cat: cannot open f: `, `bind: cannot bind a onto b: `, `bind: a: `, `unmount: `. */
const prefix = /^(?:cat: cannot open|bind: cannot bind|bind:|unmount:) ?(?:[^:']*: )?/;

/** What each operation printed, without the names of the commands before their errors; then the lines of ns. */
function onEmulator(all: readonly Operation[]): string[] {
  const script = join(folder, 'script.sh');
  const lines = all.map(({ line }, i) => `echo @${i}\n${line} |[2] cat`);
  writeFileSync(script, `cd /n/local${folder}\n${lines.join('\n')}\necho @ns\nns\n`);
  const output = execFileSync(emulator, ['-t', '50', '/dis/sh.dis', `/n/local${script}`], {
    encoding: 'utf8',
  });
  const parts = output.split(/^@.*\n/m).slice(1);
  return parts.map((part) => part.trimEnd().replace(prefix, ''));
}

test.skipIf(missing !== '').each([1, 2, 11, 22])(`as on the emulator, seed %d${missing}`, async (seed) => {
  const all = operations(seed);
  const theirs = onEmulator(all);
  const ns = onDevices();
  await ns.mount(hostDevice(folder), '/mnt', MCREATE);
  await ns.chdir('/mnt');
  for (const [i, { line, run }] of all.entries()) {
    let result: unknown = '';
    const error = await failure(async () => {
      result = await run(ns);
    });
    const mine = error !== 'no error' ? error : typeof result === 'string' ? result.trimEnd() : '';
    expect(mine, `${i}: ${line}`).toBe(theirs[i]);
  }
  const here = ns
    .toString()
    .split('\n')
    .filter((line) => line.startsWith('bind'));
  const there = (theirs[all.length] as string).split('\n').filter((line) => line.includes(folder));
  expect(here).toEqual(
    there.filter((l) => !l.startsWith('cd')).map((l) => l.replaceAll(`/n/local${folder}`, '/mnt')),
  );
});
