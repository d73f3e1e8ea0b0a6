/**
 * Compares this compiler with the original over a tree of public Limbo programs: how many parse, check, and come out
 * byte for byte the same. Needs LLAMBO_PEERS, a directory with the original's `bin/limbo-ref` and `inferno` tree.
 *
 *     node --conditions=llambo:source --import tsx packages/limbo/tools/compare.ts [-v] [file.b ...]
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { compile, render } from '../src/index.ts';

const peers = process.env['LLAMBO_PEERS'];
if (peers === undefined || !existsSync(join(peers, 'bin/limbo-ref'))) {
  console.log('skipped: LLAMBO_PEERS names no directory with bin/limbo-ref');
  process.exit(0);
}
const root = join(peers, 'inferno');
const include = [join(root, 'module')];
const cache = join(tmpdir(), 'limbo-compare');

function* sources(dir: string): Generator<string> {
  for (const e of readdirSync(dir, { withFileTypes: true })) {
    const path = join(dir, e.name);
    if (e.isDirectory()) yield* sources(path);
    else if (e.name.endsWith('.b')) yield path;
  }
}

/** What the original makes of a program, kept for the next run; null: it refuses. */
function reference(path: string): { dis: Uint8Array; sbl: string } | null {
  const out = join(cache, relative(root, path).replace(/\.b$/, '.dis'));
  const sbl = out.replace(/\.dis$/, '.sbl');
  const refused = `${out}.refused`;
  if (!existsSync(refused) && (!existsSync(out) || statSync(out).mtimeMs < statSync(path).mtimeMs)) {
    mkdirSync(dirname(out), { recursive: true });
    try {
      execFileSync(join(peers!, 'bin/limbo-ref'), ['-gw', '-o', out, path], {
        cwd: dirname(path),
        stdio: 'ignore',
        timeout: 20_000,
        env: { ...process.env, ROOT: root },
      });
    } catch {
      if (!existsSync(out)) execFileSync('touch', [refused]);
    }
  }
  return existsSync(out) ? { dis: readFileSync(out), sbl: readFileSync(sbl, 'utf8') } : null;
}

const texts = new Map<string, Uint8Array | undefined>();
function read(path: string): Uint8Array | undefined {
  if (!texts.has(path))
    texts.set(path, existsSync(path) && statSync(path).isFile() ? readFileSync(path) : undefined);
  return texts.get(path);
}

const args = process.argv.slice(2);
const verbose = args.includes('-v');
const files = args.filter((a) => a !== '-v');
const list = files.length > 0 ? files : [...sources(join(root, 'appl'))];
const count = { total: 0, refused: 0, bothRefuse: 0, wrong: 0, crash: 0, same: 0, sbl: 0, near: 0, far: 0 };
for (const path of list) {
  count.total++;
  const ref = reference(path);
  const name = relative(root, path);
  let ours: ReturnType<typeof compile>;
  try {
    ours = compile(path, read, {
      include,
      symbols: true,
      warnings: 1,
      sourcePath: path.startsWith(root) ? path.slice(root.length) : path,
    });
  } catch (e) {
    count.crash++;
    console.log(`crash ${name}: ${(e as Error).message}`);
    if (verbose) console.log((e as Error).stack);
    continue;
  }
  if (ours.dis === undefined) {
    if (ref === null) count.bothRefuse++;
    else {
      count.refused++;
      const errors = ours.diagnostics.filter((d) => d.severity === 'error');
      console.log(
        `refused ${name}: ${errors.length} errors\n${errors
          .slice(0, verbose ? 20 : 1)
          .map(render)
          .join('\n')}`,
      );
    }
    continue;
  }
  if (ref === null) {
    count.wrong++;
    if (verbose) console.log(`accepted, the original refuses: ${name}`);
    continue;
  }
  if (Buffer.compare(ours.dis, ref.dis) === 0) count.same++;
  else {
    const near = Math.abs(ours.dis.length - ref.dis.length) <= ref.dis.length * 0.05;
    if (near) count.near++;
    else count.far++;
    console.log(`differs ${name}: ${ours.dis.length} bytes, original ${ref.dis.length}`);
  }
  if (ours.sbl === ref.sbl) count.sbl++;
  else if (verbose) console.log(`symbols differ ${name}`);
}
console.log(JSON.stringify(count));
