import { type Call, type File, type FileServer, StyxError } from '@llambo/styx';
import { Eclone } from './errors.ts';
import { isPromise, type Steps } from './steps.ts';

/**
 * Which server a file belongs to: with the path of its qid that is the identity of a file, by which mount points and
 * union members are found. One object a server for the life of the process.
 */
export interface Dev {
  /** Device character: `c` for `#c`; `M` for what was mounted. Goes into Dir.type. */
  readonly char: string;
  /** Tells the servers of one character apart; goes into Dir.dev. */
  readonly number: number;
}

const known = new WeakMap<object, Dev>();
let mounted = 0;

/** The identity of a server, of the channel that it is behind, or of a root that was mounted without either. */
export function devOf(server: object, char: string = 'M'): Dev {
  let dev = known.get(server);
  if (dev === undefined) {
    dev = { char, number: char === 'M' ? ++mounted : 0 };
    known.set(server, dev);
  }
  return dev;
}

export function isServer(source: FileServer | File): source is FileServer {
  return typeof (source as FileServer).attach === 'function';
}

/** A root reference of `source` that its taker owns. */
export function* attachTo(source: FileServer | File, uname: string, aname: string, call: Call): Steps<File> {
  if (isServer(source)) {
    const file = source.attach({ uname, aname }, call);
    return isPromise(file) ? yield file : file;
  }
  const walked = source.walk([], call);
  const { file } = isPromise(walked) ? yield walked : walked;
  if (file === undefined) throw new StyxError(Eclone);
  return file as File;
}
