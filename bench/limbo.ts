/**
 * Speed of the Limbo compiler. Lines are those of the program alone: included files are read for every program and not
 * counted. Warm: in a process that has compiled before, files in memory. Cold: a process each, its start included. With
 * LLAMBO_PEERS the original compiler does the same, a process each, on public programs of 1,000 to 3,000 lines, too.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compile } from '@llambo/limbo';
import { median, printTable } from './support/table.ts';

const ROUNDS = 7;
const root = fileURLToPath(new URL('..', import.meta.url));
const modules = join(root, 'limbo/module');
const command = join(root, 'packages/limbo/dist/cli/main.js');
const peers = process.env['LLAMBO_PEERS'];
const original = peers === undefined ? '' : join(peers, 'bin/limbo-ref');
const out = mkdtempSync(join(tmpdir(), 'limbo-bench-'));

const held = new Map<string, Uint8Array | undefined>();
function read(path: string): Uint8Array | undefined {
  if (!held.has(path)) {
    const found = statSync(path, { throwIfNoEntry: false })?.isFile() === true;
    held.set(path, found ? readFileSync(path) : undefined);
  }
  return held.get(path);
}

function linesOf(path: string): number {
  return read(path)?.reduce((n, byte) => n + (byte === 10 ? 1 : 0), 0) ?? 0;
}

function programsUnder(dir: string): string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((f) => f.endsWith('.b'))
    .map((f) => join(dir, f))
    .sort();
}

/** Median seconds of one pass over the files. */
function seconds(pass: () => void, rounds: number): number {
  return median(
    Array.from({ length: rounds }, () => {
      const start = performance.now();
      pass();
      return (performance.now() - start) / 1000;
    }),
  );
}

function processes(file: string, first: readonly string[], files: readonly string[], include: string): void {
  for (const f of files) {
    spawnSync(file, [...first, '-I', include, '-o', join(out, 'out.dis'), f], {
      stdio: 'ignore',
      timeout: 20_000,
    });
  }
}

interface Speed {
  warm: number;
  cold: number;
  original: number;
}

function measure(files: readonly string[], include: string): Speed {
  const lines = files.reduce((n, f) => n + linesOf(f), 0);
  const warm = (): void => {
    for (const f of files) compile(f, read, { include: [include] });
  };
  for (let i = 0; i < 3; i++) warm();
  const few = files.slice(0, 12);
  const fewLines = few.reduce((n, f) => n + linesOf(f), 0);
  return {
    warm: lines / seconds(warm, ROUNDS),
    cold: existsSync(command)
      ? fewLines / seconds(() => processes(process.execPath, [command], few, include), 3)
      : Number.NaN,
    original: existsSync(original)
      ? lines / seconds(() => processes(original, [], files, include), 3)
      : Number.NaN,
  };
}

const compiles =
  (include: string) =>
  (f: string): boolean =>
    compile(f, read, { include: [include] }).dis !== undefined;
const show = (n: number): string => (Number.isNaN(n) ? '-' : Math.round(n).toLocaleString('en'));
const rows: string[][] = [];
function report(name: string, files: readonly string[], include: string): Speed {
  const speed = measure(files, include);
  rows.push([`${name} (${files.length} files)`, show(speed.warm), show(speed.cold), show(speed.original)]);
  return speed;
}

const own = programsUnder(join(root, 'limbo/lib'))
  .filter((f) => linesOf(f) >= 250)
  .filter(compiles(modules));
let result = report('limbo/lib, 250 lines and more', own, modules);
if (existsSync(original)) {
  const include = join(peers as string, 'inferno/module');
  const open = programsUnder(join(peers as string, 'inferno/appl'))
    .filter((f) => linesOf(f) >= 1000 && linesOf(f) <= 3000)
    .filter(compiles(include))
    .slice(0, 30);
  if (open.length > 0) result = report('public programs, 1,000 to 3,000 lines', open, include);
}
console.log('lines a second\n');
printTable(['sources', 'warm', 'cold', 'original, cold'], rows);

const first = programsUnder(join(root, 'limbo')).find((f) => f.endsWith('/llambo.b'));
const program = first ?? own.reduce((a, b) => (linesOf(a) >= linesOf(b) ? a : b));
const one = existsSync(command)
  ? seconds(() => processes(process.execPath, [command], [program], modules), 5) * 1000
  : Number.NaN;
console.log(`\n${program.slice(root.length)}, ${linesOf(program)} lines, cold: ${show(one)} ms`);
if (!existsSync(command)) console.log('no cold figures: npm run build makes the command');
rmSync(out, { recursive: true, force: true });
console.log(
  JSON.stringify({
    lines_s_warm: Math.round(result.warm),
    lines_s_cold: Math.round(result.cold),
    llambo_ms: Math.round(one),
    original_lines_s: Math.round(result.original),
  }),
);
