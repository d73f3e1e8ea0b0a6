/** UTF-8 as the protocol wants it: well formed and without NUL, intro(5). */
import { Enul, Eutf, StyxError } from '../errors.ts';

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** Names are mostly short and ASCII: below this length a loop beats the platform's decoder. */
const SHORT = 32;

/** The text in bytes `from` up to `to`. Throws on malformed UTF-8 and on NUL. */
export function decodeText(bytes: Uint8Array, from: number, to: number): string {
  if (to - from <= SHORT) {
    let text = '';
    let i = from;
    for (; i < to; i++) {
      const c = bytes[i] as number;
      if (c === 0) throw new StyxError(Enul);
      if (c >= 0x80) break;
      text += String.fromCharCode(c);
    }
    if (i === to) return text;
  }
  let text: string;
  try {
    text = strict.decode(bytes.subarray(from, to));
  } catch (cause) {
    throw new StyxError(Eutf, { cause });
  }
  if (text.includes('\0')) throw new StyxError(Enul);
  return text;
}

/** Bytes that `text` takes in UTF-8; lone surrogates count as U+FFFD. */
export function utf8Length(text: string): number {
  let n = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c < 0x80) n++;
    else if (c < 0x800) n += 2;
    else if (
      c >= 0xd800 &&
      c < 0xdc00 &&
      i + 1 < text.length &&
      (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00
    ) {
      n += 4;
      i++;
    } else n += 3;
  }
  return n;
}

/** Writes `text` at `at`, where it must fit. The number of bytes written. */
export function encodeText(text: string, into: Uint8Array, at: number): number {
  const n = text.length;
  if (n <= SHORT) {
    let i = 0;
    for (; i < n; i++) {
      const c = text.charCodeAt(i);
      if (c >= 0x80) break;
      into[at + i] = c;
    }
    if (i === n) return n;
  }
  return encoder.encodeInto(text, into.subarray(at)).written;
}

/** As much of `text` as fits `max` bytes, cut between characters, without NUL: for error strings, which may be cut. */
export function truncateText(text: string, max: number): string {
  const clean = text.includes('\0') ? text.replaceAll('\0', ' ') : text;
  if (clean.length * 3 <= max || utf8Length(clean) <= max) return clean;
  let n = 0;
  let out = '';
  for (const c of clean) {
    n += utf8Length(c);
    if (n > max) break;
    out += c;
  }
  return out;
}
