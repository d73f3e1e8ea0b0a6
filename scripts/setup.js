/**
 * Brings a checkout to the state that the other scripts need: dependencies as the lockfile has them, and a build of the
 * sources as they are. Quick when there is nothing to do. Uses nothing but Node, since there may be nothing else yet.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const marks = join(root, 'node_modules', '.llambo');

/** Runs a command of this checkout; its output goes to standard error, so that standard output stays the program's. */
export function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
    ...options,
  });
  if (error || status !== 0) {
    process.stderr.write(`${command} ${args.join(' ')} failed${error ? `: ${error.message}` : ''}\n`);
    process.exit(status || 1);
  }
}

const local = (name) => join(root, 'node_modules', '.bin', name);

function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of files)
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

const marked = (name, value) =>
  existsSync(join(marks, name)) && readFileSync(join(marks, name), 'utf8') === value;

function mark(name, value) {
  mkdirSync(marks, { recursive: true });
  writeFileSync(join(marks, name), value);
}

function install() {
  const wanted = hashOf(['package-lock.json', 'package.json']);
  if (marked('installed', wanted)) return;
  process.stderr.write('installing dependencies ...\n');
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  mark('installed', wanted);
}

/** Sources and their times: cheaper than asking the compiler whether there is anything to do. */
function fingerprint(folder, found = []) {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      if (entry.name !== 'node_modules' && entry.name !== 'dist' && entry.name !== 'test')
        fingerprint(path, found);
    } else if (/\.(ts|tsx|json|b|m|css|html|svg|woff2)$/.test(entry.name)) {
      const { mtimeMs, size } = statSync(join(root, path));
      found.push(`${path} ${mtimeMs} ${size}`);
    }
  }
  return found;
}

/** Commands whose start counts: loading one file is several times faster than a hundred modules. */
const BUNDLES = { styx: ['cli/main.ts'], dis: ['cli/main.ts'], limbo: ['cli/main.ts', 'lsp/main.ts'] };

function bundle(name, entries) {
  const source = `packages/${name}/src`;
  const options = ['--bundle', '--splitting', '--platform=node', '--format=esm', '--log-level=warning'];
  const places = [
    `--outbase=${source}`,
    `--outdir=packages/${name}/dist/bundle`,
    '--conditions=llambo:source',
  ];
  run(local('esbuild'), [...entries.map((entry) => `${source}/${entry}`), ...options, ...places]);
}

/** What `dis run` needs, as one script: its compiled code can be kept. */
function disRun() {
  run(local('esbuild'), [
    'packages/dis/src/cli/run.ts',
    '--bundle',
    '--minify',
    '--platform=node',
    '--format=cjs',
    '--conditions=llambo:source',
    '--log-level=warning',
    '--outfile=packages/dis/dist/bundle/run.cjs',
  ]);
}

/** The dashboard: one folder of files that the gateway serves. */
function page() {
  const sources = ['packages/dashboard', 'packages/styx'].flatMap((folder) => fingerprint(folder));
  const wanted = createHash('sha256').update(sources.sort().join('\n')).digest('hex');
  if (marked('page', wanted) && existsSync(join(root, 'packages/dashboard/dist/index.html'))) return;
  run(local('vite'), ['build', '--logLevel', 'warn'], { cwd: join(root, 'packages/dashboard') });
  mark('page', wanted);
}

function build() {
  const all = ['packages', 'limbo'].flatMap((folder) => fingerprint(folder));
  const sources = createHash('sha256').update(all.sort().join('\n')).digest('hex');
  if (marked('built', sources)) return;
  process.stderr.write('building ...\n');
  run(local('tsc'), ['-b']);
  for (const [name, entries] of Object.entries(BUNDLES)) bundle(name, entries);
  disRun();
  run(process.execPath, ['packages/llambo/dist/host/build-library.js']);
  page();
  mark('built', sources);
}

export function setup() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    process.stderr.write(`llambo needs Node 20.19 or newer; this is ${process.version}\n`);
    process.exit(1);
  }
  install();
  build();
}
