/**
 * Dis strings: characters are Unicode code points, one byte each while all are below 256, else one word each. Strings are
 * values to programs: an operation changes one in place only when nothing else refers to it.
 */

import { DisError, eBounds, eHeap, eNil } from '../errors.ts';
import type { Heap } from './heap.ts';
import { typeString } from './types.ts';

/** A new string with room for `n` characters, which the caller fills. */
function make(heap: Heap, n: number, wide: boolean, spare = 0): number {
  const bytes = 4 + (wide ? 4 : 1) * (n + spare);
  if (bytes > heap.limit) throw new DisError(eHeap);
  const p = heap.allocate(typeString, bytes, true);
  heap.i32[p >> 2] = wide ? -n : n;
  return p;
}

/** Characters of a string: the length as stored, as far as the block holds them. */
function lengthOf(heap: Heap, p: number): number {
  if (p === 0) return 0;
  const n = heap.i32[p >> 2]! | 0;
  // Most are short: whatever a program has forged, so few characters lie in its own memory, or nowhere.
  if (n >= 0 && n <= 256) return n;
  if (!heap.isObject(p)) return 0;
  const room = heap.room(p) - 4;
  return n >= 0 ? Math.min(n, room) : -Math.max(n, -(room >> 2));
}

function isWide(heap: Heap, p: number): boolean {
  return p !== 0 && heap.i32[p >> 2]! < 0;
}

export function stringFromJs(heap: Heap, value: string): number {
  let top = 0;
  for (let i = 0; i < value.length; i++) top |= value.charCodeAt(i);
  if (top < 256) {
    const n = value.length;
    const p = make(heap, n, false);
    const u8 = heap.u8;
    for (let i = 0; i < n; i++) u8[p + 4 + i] = value.charCodeAt(i);
    return p;
  }
  const text = value.toWellFormed();
  let n = 0;
  for (const _ of text) n++;
  const p = make(heap, n, true);
  const i32 = heap.i32;
  let at = (p + 4) >> 2;
  for (const c of text) i32[at++] = c.codePointAt(0)!;
  return p;
}

export function stringToJs(heap: Heap, p: number): string {
  const n = lengthOf(heap, p);
  if (n === 0) return '';
  if (!isWide(heap, p)) {
    const u8 = heap.u8;
    if (n < 32) {
      let s = '';
      for (let i = p + 4, end = i + n; i < end; i++) s += String.fromCharCode(u8[i]!);
      return s;
    }
    const parts: string[] = [];
    for (let i = p + 4, end = i + n; i < end; i += 8192) {
      parts.push(
        String.fromCharCode.apply(null, u8.subarray(i, Math.min(end, i + 8192)) as unknown as number[]),
      );
    }
    return parts.join('');
  }
  let s = '';
  for (let i = (p + 4) >> 2, end = i + n; i < end; i++) {
    const c = heap.i32[i]!;
    s += c >= 0 && c <= 0x10ffff ? String.fromCodePoint(c) : '\ufffd';
  }
  return s;
}

/** Below, at or above 0 as `a` sorts before, with or after `b`; nil is the empty string. */
export function compareStrings(heap: Heap, a: number, b: number): number {
  if (a === b) return 0;
  const n1 = lengthOf(heap, a);
  const n2 = lengthOf(heap, b);
  const n = Math.min(n1, n2);
  const wide1 = isWide(heap, a);
  const wide2 = isWide(heap, b);
  const { u8, i32 } = heap;
  if (!wide1 && !wide2) {
    for (let i = 0; i < n; i++) {
      const d = u8[a + 4 + i]! - u8[b + 4 + i]!;
      if (d !== 0) return d;
    }
    return n1 - n2;
  }
  for (let i = 0; i < n; i++) {
    const c1 = wide1 ? i32[((a + 4) >> 2) + i]! : u8[a + 4 + i]!;
    const c2 = wide2 ? i32[((b + 4) >> 2) + i]! : u8[b + 4 + i]!;
    if (c1 !== c2) return c1 < c2 ? -1 : 1;
  }
  return n1 - n2;
}

/** Copies `n` characters from `start` of a string to character `to` of another, widening if need be. */
function copy(heap: Heap, from: number, start: number, n: number, into: number, to: number): void {
  const { u8, i32 } = heap;
  const target = isWide(heap, into);
  if (isWide(heap, from)) {
    const a = ((from + 4) >> 2) + start;
    i32.copyWithin(((into + 4) >> 2) + to, a, a + n);
  } else if (target) {
    const b = ((into + 4) >> 2) + to;
    for (let i = 0; i < n; i++) i32[b + i] = u8[from + 4 + start + i]!;
  } else {
    const a = from + 4 + start;
    const b = into + 4 + to;
    if (n < 24) for (let i = 0; i < n; i++) u8[b + i] = u8[a + i]!;
    else u8.copyWithin(b, a, a + n);
  }
}

/** Characters that fit into the block of a string in its form. */
function capacity(heap: Heap, p: number): number {
  const room = heap.room(p) - 4;
  return isWide(heap, p) ? room >> 2 : room;
}

/**
 * `a` followed by `b`, a new reference. With `append`, `a` is about to be overwritten by the result: when it has no other
 * reference and room, it is extended in place and returned itself (no new reference).
 */
export function concat(heap: Heap, a: number, b: number, append: boolean): number {
  if (a === 0 && b === 0) return 0;
  const n1 = lengthOf(heap, a);
  const n2 = lengthOf(heap, b);
  const wide = isWide(heap, a) || isWide(heap, b);
  const own = append && a !== 0 && heap.references(a) === 1;
  if (own && n2 === 0) return a;
  if (own && a !== b && wide === isWide(heap, a) && n1 + n2 <= capacity(heap, a)) {
    copy(heap, b, 0, n2, a, n1);
    heap.i32[a >> 2] = wide ? -(n1 + n2) : n1 + n2;
    return a;
  }
  const p = make(heap, n1 + n2, wide, own ? (n1 + n2) >> 2 : 0);
  if (n1 > 0) copy(heap, a, 0, n1, p, 0);
  if (n2 > 0) copy(heap, b, 0, n2, p, n1);
  return p;
}

/** Characters `from` up to `to`, a new reference; nil when there are none. */
export function slice(heap: Heap, from: number, to: number, p: number): number {
  if (p === 0) {
    if (from === 0 && to === 0) return 0;
    throw new DisError(eBounds);
  }
  const n = lengthOf(heap, p);
  if (from < 0 || to < from || to > n) throw new DisError(eBounds);
  if (from === to) return 0;
  const q = make(heap, to - from, isWide(heap, p));
  copy(heap, p, from, to - from, q, 0);
  return q;
}

export function charAt(heap: Heap, p: number, i: number): number {
  if (p === 0) throw new DisError(eNil);
  const n = heap.i32[p >> 2]!;
  if (n >= 0) {
    if (i >>> 0 >= n) throw new DisError(eBounds);
    return heap.u8[p + 4 + i]! | 0;
  }
  if (i >>> 0 >= -n) throw new DisError(eBounds);
  return heap.i32[((p + 4) >> 2) + i]! | 0;
}

/**
 * Puts character `c` at index `i` (the length appends) of the string `p`, which the caller holds one reference of, and
 * gives the string that takes its place: `p` itself, or a new one, whose reference replaces that of `p`.
 */
export function setChar(heap: Heap, p: number, i: number, c: number): number {
  const n = lengthOf(heap, p);
  if (i < 0 || i > n) throw new DisError(eBounds);
  const wasWide = isWide(heap, p);
  const wide = wasWide || c < 0 || c > 255;
  let q = p;
  if (p === 0 || wide !== wasWide || heap.references(p) !== 1 || (i === n && n >= capacity(heap, p))) {
    q = make(heap, n, wide, 1 + (n >> 1));
    if (n > 0) copy(heap, p, 0, n, q, 0);
    heap.release(p);
  }
  if (wide) heap.i32[((q + 4) >> 2) + i] = c;
  else heap.u8[q + 4 + i] = c;
  if (i === n) heap.i32[q >> 2] = wide ? -(n + 1) : n + 1;
  return q;
}

/** Whether the bytes from `i` on are enough to tell the character there, or that there is none. */
function isFull(u8: Uint8Array, i: number, end: number): boolean {
  const c = u8[i]!;
  return end - i >= (c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4);
}

/**
 * A string of the bytes of UTF-8; what is not UTF-8 becomes U+FFFD, a byte at a time, and a character that is cut short at
 * the end is dropped, as the original does.
 */
export function stringFromUtf8(heap: Heap, at: number, n: number): number {
  const u8 = heap.u8;
  const end = Math.min(at + n, u8.length);
  let top = 0;
  for (let i = at; i < end; i++) top |= u8[i]!;
  if (top < 0x80) {
    const p = make(heap, Math.max(0, end - at), false);
    heap.u8.copyWithin(p + 4, at, end);
    return p;
  }
  const characters: number[] = [];
  let widest = 0;
  for (let i = at; i < end && isFull(u8, i, end); ) {
    const [c, length] = decode(u8, i, end);
    characters.push(c);
    if (c > widest) widest = c;
    i += length;
  }
  const p = make(heap, characters.length, widest > 255);
  if (widest > 255) heap.i32.set(characters, (p + 4) >> 2);
  else heap.u8.set(characters, p + 4);
  return p;
}

/** One character of UTF-8 and its bytes, utf(6); U+FFFD and 1 for what is none. */
export function decode(u8: Uint8Array, i: number, end: number): [number, number] {
  const c = u8[i]!;
  if (c < 0x80) return [c, 1];
  const next = (k: number): number => (i + k < end ? u8[i + k]! ^ 0x80 : 0xff);
  const c1 = next(1);
  if (c1 & 0xc0 || c < 0xc0) return [0xfffd, 1];
  if (c < 0xe0) {
    const l = ((c << 6) | c1) & 0x7ff;
    return l <= 0x7f ? [0xfffd, 1] : [l, 2];
  }
  const c2 = next(2);
  if (c2 & 0xc0) return [0xfffd, 1];
  if (c < 0xf0) {
    const l = ((((c << 6) | c1) << 6) | c2) & 0xffff;
    return l <= 0x7ff || (l >= 0xd800 && l < 0xe000) ? [0xfffd, 1] : [l, 3];
  }
  const c3 = next(3);
  if (c3 & 0xc0 || c >= 0xf8) return [0xfffd, 1];
  const l = ((((((c << 6) | c1) << 6) | c2) << 6) | c3) & 0x1fffff;
  return l <= 0xffff || l > 0x10ffff ? [0xfffd, 1] : [l, 4];
}

/** Bytes of a string in UTF-8, as a new array of JavaScript's. */
export function utf8Of(heap: Heap, p: number): Uint8Array {
  const n = lengthOf(heap, p);
  const out: number[] = [];
  const wide = isWide(heap, p);
  for (let i = 0; i < n; i++) {
    const c = wide ? heap.i32[((p + 4) >> 2) + i]! : heap.u8[p + 4 + i]!;
    if (c >= 0 && c < 0x80) out.push(c);
    else if (c >= 0 && c < 0x800) out.push(0xc0 | (c >> 6), 0x80 | (c & 63));
    else if (c < 0 || c > 0x10ffff) out.push(0xef, 0xbf, 0xbd);
    else if (c < 0x10000) out.push(0xe0 | (c >> 12), 0x80 | ((c >> 6) & 63), 0x80 | (c & 63));
    else out.push(0xf0 | (c >> 18), 0x80 | ((c >> 12) & 63), 0x80 | ((c >> 6) & 63), 0x80 | (c & 63));
  }
  return Uint8Array.from(out);
}
