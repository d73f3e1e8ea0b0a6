/** Whole files, pipes and served files: several calls in one. */
import { Eio, Etoobig, ORDWR, OREAD, OWRITE, StyxError } from '@llambo/styx';
import { checkFileName } from '@llambo/styx/fs';
import type { Caller } from './caller.ts';
import type { Chan } from './chan.ts';
import { type FileIO, type Served, srvDirOf } from './dev/srv.ts';
import { Enosrv } from './errors.ts';
import type { Namespace } from './namespace.ts';
import { type Crossed, cross, openChan, reach, type Start, start, walk } from './resolve.ts';
import { ignore, isPromise, type Steps } from './steps.ts';

export function* readWhole(ns: Namespace, name: string, by: Caller, limit: number): Steps<Uint8Array> {
  const opening = ns.open(name, OREAD, by);
  const chan: Chan = isPromise(opening) ? yield opening : opening;
  try {
    const pieces: Uint8Array[] = [];
    for (let total = 0; ; ) {
      const reading = chan.read(Math.max(8192, chan.iounit), by);
      const bytes: Uint8Array = isPromise(reading) ? yield reading : reading;
      if (bytes.length === 0) return joined(pieces, total);
      total += bytes.length;
      if (total > limit) throw new StyxError(Etoobig);
      pieces.push(bytes.slice());
    }
  } finally {
    ignore(() => chan.close());
  }
}

function joined(pieces: Uint8Array[], total: number): Uint8Array {
  if (pieces.length === 1) return pieces[0] as Uint8Array;
  const out = new Uint8Array(total);
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}

export function* writeWhole(
  ns: Namespace,
  name: string,
  bytes: Uint8Array,
  by: Caller,
  perm: number,
): Steps<void> {
  const opening = ns.create(name, OWRITE, perm, by);
  const chan: Chan = isPromise(opening) ? yield opening : opening;
  try {
    for (let at = 0; at < bytes.length; ) {
      const most = chan.iounit > 0 ? chan.iounit : 65536;
      const writing = chan.write(bytes.subarray(at, at + most), by);
      const n: number = isPromise(writing) ? yield writing : writing;
      if (n <= 0) throw new StyxError(Eio);
      at += n;
    }
  } finally {
    ignore(() => chan.close());
  }
}

export function* makePipe(ns: Namespace, by: Caller): Steps<[Chan, Chan]> {
  const finding = ns.find('#|', by);
  const dir: Chan = isPromise(finding) ? yield finding : finding;
  const ends: Chan[] = [];
  try {
    for (const name of ['data', 'data1']) {
      const end: Chan = yield* walk(ns, dir.dup(), [name], true, { names: 0 }, by);
      ends.push(yield* openChan(ns, end, ORDWR, true, by));
    }
    return ends as [Chan, Chan];
  } catch (error) {
    for (const end of ends) ignore(() => end.close());
    throw error;
  } finally {
    ignore(() => dir.close());
  }
}

export function* serveFile(ns: Namespace, dir: string, name: string, io: FileIO, by: Caller): Steps<Served> {
  checkFileName(name);
  const begin: Start = yield* start(ns, dir, by);
  const found: Chan = yield* reach(ns, begin, by);
  const { chan, head }: Crossed = yield* cross(ns, found, begin.direct, by);
  try {
    for (const { file } of [chan, ...(head?.mounts ?? []).map(({ to }) => to)]) {
      const served = srvDirOf(file)?.add(name, io);
      if (served !== undefined) return served;
    }
    throw new StyxError(Enosrv);
  } finally {
    head?.release();
    ignore(() => chan.close());
  }
}
