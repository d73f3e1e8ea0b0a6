/** The built page, as a gateway serves it. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

export const folder = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const dist = join(folder, 'dist');

/** The policy that the gateway sends too: a page that needs more fails these tests. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-cache',
};

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

function newest(path: string): number {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(...readdirSync(path).map((name) => newest(join(path, name))));
}

function fresh(): boolean {
  const built = join(dist, 'index.html');
  const sources = ['src', 'index.html', 'vite.config.ts', 'public', '../styx/src'].map((name) =>
    newest(join(folder, name)),
  );
  return existsSync(built) && statSync(built).mtimeMs > Math.max(...sources);
}

/** Builds the page when it is older than its sources; of test files that run at the same time, one does it. */
export function buildPage(): void {
  const lock = join(folder, 'node_modules', '.building');
  mkdirSync(dirname(lock), { recursive: true });
  while (!fresh()) {
    try {
      mkdirSync(lock);
    } catch {
      const since = statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
      // Left behind by one that was killed.
      if (Date.now() - since > 60_000) rmSync(lock, { recursive: true, force: true });
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
      continue;
    }
    try {
      const vite = join(folder, '../../node_modules/vite/bin/vite.js');
      execFileSync(process.execPath, [vite, 'build', '--logLevel', 'warn'], {
        cwd: folder,
        stdio: 'inherit',
      });
    } finally {
      rmSync(lock, { recursive: true, force: true });
    }
  }
}

export function servePage(pathname: string): { status: number; type: string; body: Buffer | string } {
  const path = normalize(join(dist, pathname === '/' ? 'index.html' : pathname));
  if (!path.startsWith(dist) || !existsSync(path) || !statSync(path).isFile())
    return { status: 404, type: 'text/plain', body: 'not found\n' };
  return { status: 200, type: TYPES[extname(path)] ?? 'application/octet-stream', body: readFileSync(path) };
}
