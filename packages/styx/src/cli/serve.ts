/** `9p serve`: exports a folder of this machine, or an empty tree in memory. */
import { readFileSync } from 'node:fs';
import { tokenAuth } from '../auth/token.ts';
import type { FileServer } from '../file.ts';
import { ramfs } from '../fs/index.ts';
import { serveOn } from '../node/connect.ts';
import { hostfs } from '../node/hostfs.ts';
import { type Options, tlsOptions, tracer, UsageError } from './options.ts';
import { untilSignal } from './signals.ts';

async function treeOf(o: Options): Promise<FileServer> {
  const [folder] = o.args;
  if (o.ram !== (folder === undefined)) throw new UsageError('serve: want a folder or --ram');
  return folder === undefined ? ramfs() : hostfs(folder, { readonly: o.readonly });
}

/** Lines of "user token"; `#` begins a comment. */
function readTokens(path: string): Map<string, string> {
  const tokens = new Map<string, string>();
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const [user, token] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (user !== undefined && token !== undefined) tokens.set(user, token);
  }
  return tokens;
}

export async function runServe(o: Options): Promise<void> {
  if (o.addr === undefined) throw new UsageError('serve: no --addr');
  const tokens = o.tokens === undefined ? undefined : readTokens(o.tokens);
  const auth = tokens === undefined ? {} : { auth: tokenAuth((user) => tokens.get(user)) };
  const serving = await serveOn(o.addr, await treeOf(o), {
    msize: o.msize,
    none: o.none,
    trace: tracer(o),
    tls: tlsOptions(o),
    onError: (e) => process.stderr.write(`9p: ${e instanceof Error ? (e.stack ?? e.message) : String(e)}\n`),
    ...auth,
  });
  process.stdout.write(`serving on ${serving.address}\n`);
  await untilSignal();
  await serving.close();
}
