import {
  type Attach,
  type Call,
  type File,
  type FileServer,
  OREAD,
  OWRITE,
  StyxError,
  uninterrupted,
} from '@llambo/styx';
import { ramfs } from '@llambo/styx/fs';
import { type Caller, type Chan, type DeviceOptions, Namespace, standardDevices } from '../src/index.ts';

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
export const string = (data: Uint8Array): string => new TextDecoder().decode(data);

/** The same files, but every answer comes by a promise; `live` is how many references have not been given up. */
export class Later implements FileServer {
  live = 0;
  readonly #server: FileServer;

  constructor(server: FileServer) {
    this.#server = server;
  }

  async attach(who: Attach, call: Call): Promise<File> {
    return this.#enter(await this.#server.attach(who, call));
  }

  #enter(file: File): File {
    this.live++;
    const soon = async <T>(answer: () => T): Promise<Awaited<T>> => {
      await null;
      return await answer();
    };
    return {
      get qid() {
        return file.qid;
      },
      walk: (names, call) =>
        soon(async () => {
          const { qids, file: reached } = await file.walk(names, call);
          return { qids, file: reached && this.#enter(reached) };
        }),
      open: (mode, call) => soon(() => file.open(mode, call)),
      create: (name, perm, mode, call) => soon(() => file.create(name, perm, mode, call)),
      read: (offset, count, call) => soon(() => file.read(offset, count, call)),
      write: (offset, data, call) => soon(() => file.write(offset, data, call)),
      stat: (call) => soon(() => file.stat(call)),
      wstat: (dir, call) => soon(() => file.wstat(dir, call)),
      remove: (call) => soon(() => file.remove(call)).finally(() => this.live--),
      clunk: () => soon(() => file.clunk()).finally(() => this.live--),
    };
  }
}

/** A name space on a ramfs that holds `files`: a text for a file, undefined for a directory. */
export function onRam(
  files: Readonly<Record<string, string | undefined>>,
  options: DeviceOptions = {},
): Namespace {
  return Namespace.create({
    user: 'me',
    devices: standardDevices(options),
    root: ramWith(files),
  }) as Namespace;
}

/** A ramfs of the user me that holds `files`. */
export function ramWith(files: Readonly<Record<string, string | undefined>>): FileServer {
  const server = ramfs({ owner: 'me' });
  const root = server.attach({ uname: 'me', aname: '' }, uninterrupted) as File;
  for (const [path, content] of Object.entries(files)) {
    const names = path.split('/').filter((name) => name !== '');
    const name = names.pop() as string;
    const { file } = root.walk(names, uninterrupted) as { file: File };
    if (content === undefined) file.create(name, 0x800001ff, OREAD, uninterrupted);
    else {
      file.create(name, 0o666, OWRITE, uninterrupted);
      if (content !== '') file.write(0, bytes(content), uninterrupted);
    }
    file.clunk();
  }
  return server;
}

/** A name space on the devices alone. */
export function onDevices(options: DeviceOptions = {}): Namespace {
  return Namespace.create({ user: 'me', devices: standardDevices(options) }) as Namespace;
}

/** The message of the StyxError that `work` fails with, at once or later. */
export async function failure(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (error) {
    if (error instanceof StyxError) return error.message;
    throw error;
  }
  return 'no error';
}

/** Names in a directory, in the order in which it gives them. */
export async function names(ns: Namespace, path: string, by?: Caller): Promise<string[]> {
  const chan: Chan = await ns.open(path, OREAD, by);
  const all: string[] = [];
  for (;;) {
    const dirs = await chan.dirread(by);
    if (dirs.length === 0) break;
    all.push(...dirs.map((dir) => dir.name));
  }
  await chan.close();
  return all;
}

export async function read(ns: Namespace, path: string, by?: Caller): Promise<string> {
  return string(await ns.readFile(path, by));
}
