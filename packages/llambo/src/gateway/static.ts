/** The dashboard's built files, or a page without it; nothing on either asks anybody else for anything. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { extname, join, normalize, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Context } from 'hono';
import type { Env } from './http.ts';
import { VERSION } from './version.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.json': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
};

/** Files whose name has a hash of their bytes in it never change. */
const FOREVER = 'public, max-age=31536000, immutable';
const HASHED = /^\/assets\/[^/]+-[\w-]{8,}\.\w+$/;

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
};

/** For a page whose style stands in it. */
export const STYLED_PAGE_HEADERS: Readonly<Record<string, string>> = {
  ...PAGE_HEADERS,
  'content-security-policy': POLICY.replace("style-src 'self'", "style-src 'unsafe-inline'"),
};

/** The folder that the dashboard is built to, for sources and for what is built of them. */
const BUILT = fileURLToPath(new URL('../../../dashboard/dist/', import.meta.url));
/** Where a package that was installed carries it. */
const CARRIED = fileURLToPath(new URL('../../dashboard/', import.meta.url));

/** What is worth compressing; pictures and fonts are compressed already. */
const TEXTS: ReadonlySet<string> = new Set(['.html', '.js', '.css', '.svg', '.json', '.txt', '.webmanifest']);

interface Asset {
  readonly body: Buffer;
  /** Undefined where that would gain nothing. */
  readonly gzipped: Buffer | undefined;
  readonly etag: string;
  readonly stamp: number;
}

/** What is at a path; undefined: nothing. */
export type StaticFiles = (context: Context<Env>) => Response | undefined;

export function staticFiles(
  folder: string = existsSync(join(CARRIED, 'index.html')) ? CARRIED : BUILT,
): StaticFiles {
  const assets = new Map<string, Asset>();

  const assetOf = (path: string): Asset | undefined => {
    const file = normalize(join(folder, path));
    if (!file.startsWith(folder.endsWith(sep) ? folder : folder + sep)) return undefined;
    const stat = statSync(file, { throwIfNoEntry: false });
    if (stat === undefined || !stat.isFile()) return undefined;
    const known = assets.get(file);
    if (known?.stamp === stat.mtimeMs) return known;
    const body = readFileSync(file);
    const asset = {
      body,
      gzipped: TEXTS.has(extname(file)) && body.length > 1024 ? gzipSync(body) : undefined,
      etag: `"${stat.size.toString(36)}-${Math.floor(stat.mtimeMs).toString(36)}"`,
      stamp: stat.mtimeMs,
    };
    assets.set(file, asset);
    return asset;
  };

  return (context) => {
    const { path } = context.req;
    const name = path === '/' ? '/index.html' : decode(path);
    const type = TYPES[extname(name)];
    const asset = type === undefined || name.includes('\0') ? undefined : assetOf(name);
    if (asset === undefined) {
      if (path !== '/') return undefined;
      return context.html(plainPage(), 200, { ...PAGE_HEADERS, 'cache-control': 'no-cache' });
    }
    const headers = {
      ...PAGE_HEADERS,
      'content-type': type as string,
      'cache-control': HASHED.test(name) ? FOREVER : 'no-cache',
      etag: asset.etag,
    };
    if (context.req.header('if-none-match') === asset.etag)
      return new Response(null, { status: 304, headers });
    if (asset.gzipped !== undefined && /\bgzip\b/.test(context.req.header('accept-encoding') ?? '')) {
      const encoded = { ...headers, 'content-encoding': 'gzip', vary: 'accept-encoding' };
      return new Response(new Uint8Array(asset.gzipped), { headers: encoded });
    }
    return new Response(new Uint8Array(asset.body), { headers });
  };
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

const plainPage = (): string => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>llambo</title></head>
<body>
<h1>llambo ${VERSION}</h1>
<p>This cluster is up. The dashboard was not built; <code>npm run build</code> builds it.</p>
<ul>
<li><a href="/docs">the API</a>, <a href="/openapi.json">as OpenAPI</a></li>
<li><a href="/api/v1/status">status</a>, <a href="/api/v1/nodes">nodes</a>, <a href="/metrics">metrics</a></li>
</ul>
</body>
</html>
`;
