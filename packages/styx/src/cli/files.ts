/** The commands that use files of a server. */
import { pipeline } from 'node:stream/promises';
import { formatDir } from '../codec/text.ts';
import { formatPerm, formatQid, parsePerm } from '../codec/values.ts';
import { DMDIR, OREAD, OTRUNC, OWRITE, QTDIR } from '../constants.ts';
import type { Dir } from '../file.ts';
import type { Fsys } from '../files/fsys.ts';
import { mount, type Options, UsageError } from './options.ts';

type Command = (fs: Fsys, paths: readonly string[], o: Options) => Promise<void>;

const commands: Readonly<Record<string, Command>> = {
  async ls(fs, [path = '/'], o) {
    const about = await fs.stat(path);
    const dirs = (about.qid.type & QTDIR) === 0 ? [about] : await fs.readdir(path);
    dirs.sort((a, b) => (a.name < b.name ? -1 : 1));
    process.stdout.write(dirs.map((d) => `${o.long ? longForm(d) : d.name}\n`).join(''));
  },

  async read(fs, [path]) {
    const file = await fs.open(need(path), OREAD);
    // One read at a time: a file may be made by events.
    await pipeline(file.chunks(), process.stdout, { end: false });
    await file.close();
  },

  async write(fs, [path], o) {
    const file = await fs.open(need(path), o.append ? OWRITE : OWRITE | OTRUNC);
    if (o.append) file.offset = Number((await fs.stat(need(path))).length);
    for await (const chunk of process.stdin) await file.write(chunk as Uint8Array);
    await file.close();
  },

  async create(fs, [path, perm], o) {
    const bits = perm === undefined ? (o.dir ? 0o777 : 0o666) : parsePerm(perm);
    const dir = o.dir || (bits & DMDIR) !== 0;
    const file = await fs.create(need(path), dir ? (bits | DMDIR) >>> 0 : bits, dir ? OREAD : OWRITE);
    await file.close();
  },

  async stat(fs, [path = '/']) {
    process.stdout.write(`${formatDir(await fs.stat(path))}\n`);
  },

  async rm(fs, paths) {
    need(paths[0]);
    for (const path of paths) await fs.remove(path);
  },

  async ctl(fs, [path, ...words]) {
    if (words.length === 0) throw new UsageError('ctl: no command');
    await fs.ctl(need(path), words.join(' '));
  },
};

function need(path: string | undefined): string {
  if (path === undefined) throw new UsageError('no path');
  return path;
}

function longForm(d: Dir): string {
  const when = new Date(d.mtime * 1000).toISOString().slice(0, 16).replace('T', ' ');
  return `${formatPerm(d.mode)} ${d.uid} ${d.gid} ${String(d.length).padStart(9)} ${when} ${d.name} (${formatQid(d.qid)})`;
}

/** Runs `o.command`, when it is one of these. */
export async function runFiles(o: Options): Promise<boolean> {
  const command = Object.hasOwn(commands, o.command) ? commands[o.command] : undefined;
  if (command === undefined) return false;
  const [address, ...paths] = o.args;
  const { fs, close } = await mount(address, o);
  try {
    await command(fs, paths, o);
  } finally {
    close();
  }
  return true;
}
