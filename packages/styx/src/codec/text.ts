/**
 * The text form of messages: `Twalk tag 1 fid 0 newfid 1 wname ctl`. A name of the message, then fields by the manual's
 * names, in any order; what is left out is 0 or empty (an afid is NOFID, a tag of a version message NOTAG, a field of a
 * Twstat "don't touch").
 */
import * as C from '../constants.ts';
import { StyxError } from '../errors.ts';
import type { Dir, Qid } from '../file.ts';
import { packDir, wstatDir } from './dir.ts';
import type { Fcall } from './fcall.ts';
import { quote, quoteBytes, type Token, tokenize, unquoteBytes } from './quote.ts';
import {
  formatMode,
  formatNumber,
  formatPerm,
  formatQid,
  parseMode,
  parseNumber,
  parsePerm,
  parseQid,
} from './values.ts';

const NAMES = {
  Tversion: C.Tversion,
  Rversion: C.Rversion,
  Tauth: C.Tauth,
  Rauth: C.Rauth,
  Tattach: C.Tattach,
  Rattach: C.Rattach,
  Rerror: C.Rerror,
  Tflush: C.Tflush,
  Rflush: C.Rflush,
  Twalk: C.Twalk,
  Rwalk: C.Rwalk,
  Topen: C.Topen,
  Ropen: C.Ropen,
  Tcreate: C.Tcreate,
  Rcreate: C.Rcreate,
  Tread: C.Tread,
  Rread: C.Rread,
  Twrite: C.Twrite,
  Rwrite: C.Rwrite,
  Tclunk: C.Tclunk,
  Rclunk: C.Rclunk,
  Tremove: C.Tremove,
  Rremove: C.Rremove,
  Tstat: C.Tstat,
  Rstat: C.Rstat,
  Twstat: C.Twstat,
  Rwstat: C.Rwstat,
} as const;

type Kind =
  | 'u8'
  | 'u16'
  | 'u32'
  | 'offset'
  | 'text'
  | 'names'
  | 'qid'
  | 'qids'
  | 'mode'
  | 'perm'
  | 'data'
  | 'stat'
  | 'wstat';

/** Fields of each message in the order in which they are written, with what they hold. */
const FIELDS: Readonly<Record<keyof typeof NAMES, readonly (readonly [string, Kind])[]>> = {
  Tversion: [
    ['msize', 'u32'],
    ['version', 'text'],
  ],
  Rversion: [
    ['msize', 'u32'],
    ['version', 'text'],
  ],
  Tauth: [
    ['afid', 'u32'],
    ['uname', 'text'],
    ['aname', 'text'],
  ],
  Rauth: [['aqid', 'qid']],
  Tattach: [
    ['fid', 'u32'],
    ['afid', 'u32'],
    ['uname', 'text'],
    ['aname', 'text'],
  ],
  Rattach: [['qid', 'qid']],
  Rerror: [['ename', 'text']],
  Tflush: [['oldtag', 'u16']],
  Rflush: [],
  Twalk: [
    ['fid', 'u32'],
    ['newfid', 'u32'],
    ['wname', 'names'],
  ],
  Rwalk: [['wqid', 'qids']],
  Topen: [
    ['fid', 'u32'],
    ['mode', 'mode'],
  ],
  Ropen: [
    ['qid', 'qid'],
    ['iounit', 'u32'],
  ],
  Tcreate: [
    ['fid', 'u32'],
    ['name', 'text'],
    ['perm', 'perm'],
    ['mode', 'mode'],
  ],
  Rcreate: [
    ['qid', 'qid'],
    ['iounit', 'u32'],
  ],
  Tread: [
    ['fid', 'u32'],
    ['offset', 'offset'],
    ['count', 'u32'],
  ],
  Rread: [['data', 'data']],
  Twrite: [
    ['fid', 'u32'],
    ['offset', 'offset'],
    ['data', 'data'],
  ],
  Rwrite: [['count', 'u32']],
  Tclunk: [['fid', 'u32']],
  Rclunk: [],
  Tremove: [['fid', 'u32']],
  Rremove: [],
  Tstat: [['fid', 'u32']],
  Rstat: [['stat', 'stat']],
  Twstat: [
    ['fid', 'u32'],
    ['stat', 'wstat'],
  ],
  Rwstat: [],
};

const byType = new Map<number, keyof typeof NAMES>(
  (Object.entries(NAMES) as [keyof typeof NAMES, number][]).map(([name, type]) => [type, name]),
);

/** The name of a message type, such as `Twalk`; undefined when there is none. */
export function messageName(type: number): string | undefined {
  return byType.get(type);
}

export interface FormatOptions {
  /** Bytes of data to show; what is cut off is marked with `...` and can't be parsed back. All when not given. */
  readonly limit?: number;
}

/** One line that `parseFcall` understands. */
export function formatFcall(m: Fcall, options: FormatOptions = {}): string {
  const name = byType.get(m.type) as keyof typeof NAMES;
  let out = `${name} tag ${m.tag === C.NOTAG ? 'NOTAG' : m.tag}`;
  const values = m as unknown as Readonly<Record<string, unknown>>;
  for (const [field, kind] of FIELDS[name]) {
    const text = formatField(values[field], kind, options);
    if (text !== undefined) out += ` ${field} ${text}`;
  }
  return out;
}

function formatField(v: unknown, kind: Kind, options: FormatOptions): string | undefined {
  switch (kind) {
    case 'text':
      return quote(v as string);
    case 'names':
      return list((v as readonly string[]).map(quote));
    case 'qids':
      return list((v as readonly Qid[]).map(formatQid));
    case 'qid':
      return formatQid(v as Qid);
    case 'mode':
      return formatMode(v as number);
    case 'perm':
      return formatPerm(v as number);
    case 'data':
      return formatData(v as Uint8Array, options.limit);
    case 'stat':
      return formatDir(v as Dir);
    case 'wstat':
      return formatDir(v as Dir, true);
    case 'u32':
      return v === C.NOFID ? 'NOFID' : String(v);
    default:
      return String(v);
  }
}

function list(words: readonly string[]): string | undefined {
  if (words.length === 0) return undefined;
  return words.length === 1 ? words[0] : `[${words.join(' ')}]`;
}

function formatData(data: Uint8Array, limit: number = data.length): string {
  if (data.length <= limit) return quoteBytes(data);
  return `${quoteBytes(data.subarray(0, limit))}... (${data.length} bytes)`;
}

const NUMBERS = [
  ['mtime', 32],
  ['atime', 32],
  ['length', 64],
  ['type', 16],
  ['dev', 32],
] as const;

/** `(name hello uid glenda ... )`; with `short`, only what is not a don't-touch value. */
export function formatDir(dir: Dir, short: boolean = false): string {
  const untouched = wstatDir();
  const out: string[] = [];
  for (const field of ['name', 'uid', 'gid', 'muid'] as const) {
    if (!short || dir[field] !== '') out.push(field, quote(dir[field]));
  }
  const { qid } = dir;
  const sameQid =
    qid.type === untouched.qid.type &&
    qid.version === untouched.qid.version &&
    qid.path === untouched.qid.path;
  if (!short || !sameQid) out.push('qid', sameQid ? '~0' : formatQid(qid));
  if (!short || dir.mode !== untouched.mode) out.push('mode', formatPerm(dir.mode));
  for (const [field, bits] of NUMBERS) {
    if (!short || dir[field] !== untouched[field]) out.push(field, formatNumber(dir[field], bits));
  }
  return `(${out.join(' ')})`;
}

/** Walks over the words of a line. */
class Words {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(line: string) {
    this.#tokens = tokenize(line);
  }

  get over(): boolean {
    return this.#at >= this.#tokens.length;
  }

  is(mark: string): boolean {
    const t = this.#tokens[this.#at];
    return t !== undefined && !t.quoted && t.text === mark;
  }

  token(): Token {
    const t = this.#tokens[this.#at++];
    if (t === undefined) throw new StyxError('message text ends too early');
    return t;
  }

  word(): string {
    return this.token().text;
  }

  /** `[a b c]`, or one word alone. */
  list<T>(one: (words: Words) => T): T[] {
    if (!this.is('[')) return [one(this)];
    this.token();
    const out: T[] = [];
    while (!this.is(']')) out.push(one(this));
    this.token();
    return out;
  }
}

/** The message that `line` describes. Throws when it describes none. */
export function parseFcall(line: string): Fcall {
  const words = new Words(line);
  const name = words.word() as keyof typeof NAMES;
  const type = Object.hasOwn(NAMES, name) ? NAMES[name] : undefined;
  if (type === undefined) throw new StyxError(`no such message: ${name}`);
  const fields = new Map(FIELDS[name]);
  const version = type === C.Tversion || type === C.Rversion;
  const m: Record<string, unknown> = { type, tag: version ? C.NOTAG : 0 };
  for (const [field, kind] of fields) m[field] = absent(field, kind);
  while (!words.over) {
    const field = words.word();
    const kind = fields.get(field);
    if (field === 'tag') m['tag'] = Number(parseNumber(words.word(), 16));
    else if (kind !== undefined) m[field] = parseField(words, kind);
    else throw new StyxError(`${name} has no field ${field}`);
  }
  return m as unknown as Fcall;
}

function absent(field: string, kind: Kind): unknown {
  switch (kind) {
    case 'text':
      return '';
    case 'names':
    case 'qids':
      return [];
    case 'qid':
      return { type: 0, version: 0, path: 0n };
    case 'data':
      return new Uint8Array(0);
    case 'wstat':
      return wstatDir();
    case 'stat':
      return emptyDir;
    default:
      return field === 'afid' ? C.NOFID : 0;
  }
}

function parseField(words: Words, kind: Kind): unknown {
  switch (kind) {
    case 'u8':
      return Number(parseNumber(words.word(), 8));
    case 'u16':
      return Number(parseNumber(words.word(), 16));
    case 'u32':
      return Number(parseNumber(words.word(), 32));
    case 'offset': {
      const n = parseNumber(words.word(), 64);
      return n > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(n);
    }
    case 'text':
      return words.word();
    case 'names':
      return words.list((w) => w.word());
    case 'qid':
      return parseQid(words.word());
    case 'qids':
      return words.list((w) => parseQid(w.word()));
    case 'mode':
      return parseMode(words.word());
    case 'perm':
      return parsePerm(words.word());
    case 'data':
      return parseData(words);
    case 'stat':
      return parseDir(words, emptyDir);
    case 'wstat':
      return parseDir(words, wstatDir());
  }
}

const emptyDir: Dir = {
  type: 0,
  dev: 0,
  qid: { type: 0, version: 0, path: 0n },
  mode: 0,
  atime: 0,
  mtime: 0,
  length: 0n,
  name: '',
  uid: '',
  gid: '',
  muid: '',
};

/** Text, `hex:...`, or the stat records of a directory: `[(name a ...) (name b ...)]`. */
function parseData(words: Words): Uint8Array {
  if (!words.is('[') && !words.is('(')) return unquoteBytes(words.token());
  const records = words.list((w) => packDir(parseDir(w, emptyDir)));
  const out = new Uint8Array(records.reduce((n, r) => n + r.length, 0));
  let at = 0;
  for (const r of records) {
    out.set(r, at);
    at += r.length;
  }
  return out;
}

function parseDir(words: Words, defaults: Dir): Dir {
  if (!words.is('(')) throw new StyxError('a stat begins with (');
  words.token();
  const dir: Record<string, unknown> = { ...defaults };
  while (!words.is(')')) {
    const field = words.word();
    const value = words.word();
    const bits = NUMBERS.find(([f]) => f === field)?.[1];
    if (field === 'name' || field === 'uid' || field === 'gid' || field === 'muid') dir[field] = value;
    else if (field === 'qid') dir[field] = value === '~0' ? wstatDir().qid : parseQid(value);
    else if (field === 'mode') dir[field] = parsePerm(value);
    else if (field === 'length') dir[field] = parseNumber(value, 64);
    else if (bits !== undefined) dir[field] = Number(parseNumber(value, bits));
    else throw new StyxError(`a stat has no field ${field}`);
  }
  words.token();
  return dir as unknown as Dir;
}
