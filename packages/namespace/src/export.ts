/** A part of a name space as a server, sys-export(2). */
import {
  type Attach,
  type Awaitable,
  type Call,
  type Dir,
  Enotfound,
  Eopen,
  type File,
  type FileServer,
  type Opened,
  ORCLOSE,
  type Qid,
  StyxError,
  type Walked,
} from '@llambo/styx';
import type { Caller } from './caller.ts';
import type { Chan } from './chan.ts';
import { Ebadusefd } from './errors.ts';
import type { Namespace } from './namespace.ts';
import { addElement } from './path.ts';
import { chain } from './steps.ts';

/**
 * Every attach gives the directory `name`, with all that is mounted below it. Requests run in `ns` as it is then: to
 * protect an export from later changes, export a fork. They run on the name space's behalf, not on that of who attaches.
 */
export function exportTree(ns: Namespace, name: string): FileServer {
  const qids = new QidMap();
  return {
    attach(_who: Attach, call: Call): Awaitable<File> {
      return chain(ns.find(name, call), (chan) => {
        const root = chan.path;
        return new ExportedFile(ns, qids, chan, root);
      });
    },
  };
}

/** Files of different servers may have the same qid path, so each gets one of its own in the export. */
class QidMap {
  readonly #paths = new Map<object, Map<bigint, bigint>>();
  #last = 0n;

  get(chan: Chan): Qid {
    let paths = this.#paths.get(chan.dev);
    if (paths === undefined) this.#paths.set(chan.dev, (paths = new Map()));
    const { type, version, path } = chan.qid;
    let own = paths.get(path);
    if (own === undefined) paths.set(path, (own = ++this.#last));
    return { type, version, path: own };
  }

  of(chan: Chan, dir: Dir): Dir {
    return { ...dir, qid: { ...this.get(chan), type: dir.qid.type, version: dir.qid.version } };
  }
}
void Enotfound;
void Eopen;
void ORCLOSE;
void Ebadusefd;
void addElement;
class ExportedFile implements File {
  constructor(_ns: Namespace, _qids: QidMap, _chan: Chan, _root: string) {}
  get qid(): Qid {
    throw new StyxError('');
  }
  walk(_names: readonly string[], _call: Call): Awaitable<Walked> {
    throw new StyxError('');
  }
  open(_mode: number, _call: Call): Awaitable<Opened> {
    throw new StyxError('');
  }
  create(_name: string, _perm: number, _mode: number, _call: Call): Awaitable<Opened> {
    throw new StyxError('');
  }
  read(_offset: number, _count: number, _call: Call): Awaitable<Uint8Array> {
    throw new StyxError('');
  }
  write(_offset: number, _data: Uint8Array, _call: Call): Awaitable<number> {
    throw new StyxError('');
  }
  stat(_call: Call): Awaitable<Dir> {
    throw new StyxError('');
  }
  wstat(_dir: Dir, _call: Call): Awaitable<void> {
    throw new StyxError('');
  }
  remove(_call: Call): Awaitable<void> {
    throw new StyxError('');
  }
  clunk(): Awaitable<void> {}
}

export type { Caller };
