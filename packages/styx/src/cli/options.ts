/** The command line of `9p`. */
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import { proveToken } from '../auth/token.ts';
import type { ClientOptions } from '../client/client.ts';
import type { Fcall } from '../codec/fcall.ts';
import { formatFcall } from '../codec/text.ts';
import { Fsys } from '../files/fsys.ts';
import { connect } from '../node/connect.ts';
import type { DialOptions, ListenOptions } from '../node/dial.ts';

export const usage = `usage: 9p [options] command ...

  ls ADDR [PATH]               list a directory
  read ADDR PATH               file to standard output
  write ADDR PATH              standard input to a file that exists
  create ADDR PATH [PERM]      new empty file; with -d a directory
  stat ADDR PATH               all about a file
  rm ADDR PATH ...             remove files
  ctl ADDR PATH WORDS ...      write WORDS as one command
  trace LISTEN ADDR            pass connections on to ADDR and show their messages
  serve --addr LISTEN DIR      export a folder; with --ram an empty tree in memory

ADDR is tcp!host!port, tls!host!port, unix!path, ws!host!port!path.

  -u, --user NAME      act as NAME
      --aname NAME     the server's tree of that name
  -l                   ls: all about each file
  -a, --append         write: at the end, without truncating
  -d, --dir            create: a directory
      --addr LISTEN    serve: where (tcp!127.0.0.1!5640)
      --ram            serve: a tree in memory
      --readonly       serve: refuse changes
      --msize BYTES    largest message
      --token FILE     prove to be the user with the token in FILE
      --tokens FILE    serve: demand proof; lines of "user token"
      --none           serve: let user none in without proof
      --cert FILE --key FILE --ca FILE
                       TLS certificate, its key, and who is trusted
      --client-cert    serve: demand certificates; their common name is the user
      --trace          show messages on standard error
`;

export interface Options {
  readonly command: string;
  readonly args: readonly string[];
  readonly user: string;
  readonly aname: string;
  readonly long: boolean;
  readonly append: boolean;
  readonly dir: boolean;
  readonly addr: string | undefined;
  readonly ram: boolean;
  readonly readonly: boolean;
  readonly msize: number | undefined;
  readonly token: string | undefined;
  readonly tokens: string | undefined;
  readonly none: boolean;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  readonly ca: string | undefined;
  readonly clientCert: boolean;
  readonly trace: boolean;
}

/** What the user got wrong: exit status 2. */
export class UsageError extends Error {}

export function parseOptions(argv: readonly string[]): Options | undefined {
  const { values: v, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      help: { type: 'boolean', short: 'h' },
      user: { type: 'string', short: 'u' },
      aname: { type: 'string', default: '' },
      long: { type: 'boolean', short: 'l', default: false },
      append: { type: 'boolean', short: 'a', default: false },
      dir: { type: 'boolean', short: 'd', default: false },
      addr: { type: 'string' },
      ram: { type: 'boolean', default: false },
      readonly: { type: 'boolean', default: false },
      msize: { type: 'string' },
      token: { type: 'string' },
      tokens: { type: 'string' },
      none: { type: 'boolean', default: false },
      cert: { type: 'string' },
      key: { type: 'string' },
      ca: { type: 'string' },
      'client-cert': { type: 'boolean', default: false },
      trace: { type: 'boolean', default: false },
    },
  });
  const [command, ...args] = positionals;
  if (v.help === true || command === undefined) return undefined;
  const msize = v.msize === undefined ? undefined : Number(v.msize);
  if (msize !== undefined && !(msize >= 256 && msize <= 2 ** 31))
    throw new UsageError(`bad msize: ${v.msize}`);
  return {
    ...v,
    command,
    args,
    user: v.user ?? userName(),
    addr: v.addr,
    msize,
    token: v.token,
    tokens: v.tokens,
    cert: v.cert,
    key: v.key,
    ca: v.ca,
    clientCert: v['client-cert'],
  };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'none';
  }
}

const file = (path: string | undefined): Buffer | undefined =>
  path === undefined ? undefined : readFileSync(path);

/** Certificates and keys, as node:tls takes them. */
export function tlsOptions(o: Options): NonNullable<ListenOptions['tls'] & DialOptions['tls']> {
  const proof = o.clientCert ? { requestCert: true, rejectUnauthorized: true } : {};
  return { cert: file(o.cert), key: file(o.key), ca: file(o.ca), ...proof };
}

/** Writes each message to standard error. */
export function tracer(o: Options): ClientOptions['trace'] {
  return o.trace ? printMessage : undefined;
}

export function printMessage(direction: '<-' | '->', m: Fcall, remote: string): void {
  process.stderr.write(`${remote} ${direction} ${formatFcall(m, { limit: 64 })}\n`);
}

/** The server's tree at `address`. */
export async function mount(
  address: string | undefined,
  o: Options,
): Promise<{ fs: Fsys; close: () => void }> {
  if (address === undefined) throw new UsageError(`${o.command}: no address`);
  const client = await connect(address, { msize: o.msize, trace: tracer(o), tls: tlsOptions(o) });
  const token = o.token === undefined ? undefined : String(file(o.token)).trim().split(/\s+/).at(-1);
  const auth = token === undefined ? {} : { auth: proveToken(token, o.aname) };
  try {
    const root = await client.attach({ uname: o.user, aname: o.aname, ...auth });
    return { fs: new Fsys(root), close: () => client.close() };
  } catch (e) {
    client.close();
    throw e;
  }
}
