/** Qids, modes and permissions in the text form. */
import * as C from '../constants.ts';
import { StyxError } from '../errors.ts';
import type { Qid } from '../file.ts';

const QTYPES: readonly (readonly [string, number])[] = [
  ['d', C.QTDIR],
  ['a', C.QTAPPEND],
  ['l', C.QTEXCL],
  ['A', C.QTAUTH],
  ['t', C.QTTMP],
];

/** `0x1f.3.d`: path, version, type; a plain file has no type. */
export function formatQid(qid: Qid): string {
  let type = '';
  let rest = qid.type;
  for (const [letter, bit] of QTYPES) {
    if ((rest & bit) === 0) continue;
    type += letter;
    rest &= ~bit;
  }
  const plain = `0x${qid.path.toString(16)}.${qid.version}`;
  if (rest !== 0) return `${plain}.0x${qid.type.toString(16)}`;
  return type === '' ? plain : `${plain}.${type}`;
}

export function parseQid(text: string): Qid {
  const m = /^(0x[0-9a-fA-F]{1,16}|\d{1,20})\.(\d{1,10})(?:\.(?:0x([0-9a-fA-F]{1,2})|([dalAt]+)))?$/.exec(
    text,
  );
  if (m === null) throw new StyxError(`bad qid: ${text}`);
  const [, path = '', version, hex, letters] = m;
  let type = hex === undefined ? 0 : Number.parseInt(hex, 16);
  for (const [letter, bit] of QTYPES) if (letters?.includes(letter)) type |= bit;
  return { path: BigInt.asUintN(64, BigInt(path)), version: Number(version) >>> 0, type };
}

const OPEN = ['OREAD', 'OWRITE', 'ORDWR', 'OEXEC'];

/** `OREAD|OTRUNC`, or a number when it is no such combination. */
export function formatMode(mode: number): string {
  if ((mode & ~(3 | C.OTRUNC | C.ORCLOSE)) !== 0) return `0x${mode.toString(16)}`;
  let text = OPEN[mode & 3] as string;
  if ((mode & C.OTRUNC) !== 0) text += '|OTRUNC';
  if ((mode & C.ORCLOSE) !== 0) text += '|ORCLOSE';
  return text;
}

export function parseMode(text: string): number {
  if (/^(0x)?[0-9a-fA-F]+$/.test(text)) return Number(text) & 0xff;
  let mode = 0;
  for (const word of text.split('|')) {
    const at = OPEN.indexOf(word);
    if (at >= 0) mode |= at;
    else if (word === 'OTRUNC') mode |= C.OTRUNC;
    else if (word === 'ORCLOSE') mode |= C.ORCLOSE;
    else throw new StyxError(`bad open mode: ${text}`);
  }
  return mode;
}

/** As ls(1) shows it: `d-rwxr-xr-x`, `a-rw-rw-rw-`, `-lrw-------`; in hex when it has other bits. */
export function formatPerm(perm: number): string {
  if (perm === C.NOTOUCH32) return '~0';
  let rest = perm >>> 0;
  const take = (bit: number): boolean => {
    const has = (rest & bit) !== 0;
    rest = (rest & ~bit) >>> 0;
    return has;
  };
  let text = take(C.DMDIR) ? 'd' : '';
  if (take(C.DMAPPEND)) text += 'a';
  text = text === '' ? '-' : text;
  text += take(C.DMEXCL) ? 'l' : '-';
  for (let shift = 6; shift >= 0; shift -= 3) {
    text += take(4 << shift) ? 'r' : '-';
    text += take(2 << shift) ? 'w' : '-';
    text += take(1 << shift) ? 'x' : '-';
  }
  return rest === 0 ? text : `0x${(perm >>> 0).toString(16)}`;
}

export function parsePerm(text: string): number {
  if (text === '~0') return C.NOTOUCH32;
  if (/^0x[0-9a-fA-F]{1,8}$/.test(text)) return Number(text) >>> 0;
  if (/^[0-7]{1,7}$/.test(text)) return Number.parseInt(text, 8);
  const m = /^(-|d|a|da)([-l])((?:[-r][-w][-x]){3})$/.exec(text);
  if (m === null) throw new StyxError(`bad permissions: ${text}`);
  const [, kind = '', excl, bits = ''] = m;
  let perm = 0;
  if (kind.includes('d')) perm += C.DMDIR;
  if (kind.includes('a')) perm += C.DMAPPEND;
  if (excl === 'l') perm += C.DMEXCL;
  for (let i = 0; i < 9; i++) if (bits[i] !== '-') perm += 1 << (8 - i);
  return perm;
}

/** A number; `~0` where it is the don't-touch value of `bits` bits. */
export function formatNumber(value: number | bigint, bits: number): string {
  return BigInt(value) === 2n ** BigInt(bits) - 1n ? '~0' : String(value);
}

export function parseNumber(text: string, bits: number): bigint {
  const all = 2n ** BigInt(bits) - 1n;
  if (text === '~0') return all;
  if (bits === 32 && text === 'NOFID') return BigInt(C.NOFID);
  if (bits === 16 && text === 'NOTAG') return BigInt(C.NOTAG);
  if (!/^(0x[0-9a-fA-F]+|\d+)$/.test(text) || BigInt(text) > all) throw new StyxError(`bad number: ${text}`);
  return BigInt(text);
}
