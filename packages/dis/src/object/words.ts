import { AFP, AIND, AXINF, op } from './isa.ts';
import type { ObjectFile } from './module.ts';

// A variant of the system with 64-bit words writes files with the same magic number. Their frames start with eight
// words of 8 bytes, so that arguments begin at 64 instead of 32, and the return value's address is at 32 instead of 16.

/** What code for 64-bit words addresses below 64: the return pointer; a scratch word, and the two of fixed point. */
const REGRET64 = 32;
const RTemp64 = 48;
const fixedTemps: ReadonlySet<number> = new Set([40, 56]);
const MaxTemp64 = 64;

/**
 * Whether a file was compiled for a machine with 64-bit words: all its frames are 64 bytes or more in steps of 8, its
 * code uses something past byte 64 or the return pointer at 32, and nothing that only 32-bit code has a use for.
 */
export function isSixtyFour(file: ObjectFile): boolean {
  const size = new Map(file.types.map((t) => [t.id, t.size]));
  const isFrame64 = (id: number): boolean => {
    const s = size.get(id);
    return s === undefined || (s >= MaxTemp64 && s % 8 === 0);
  };
  if (file.entryType >= 0 && !isFrame64(file.entryType)) return false;
  if (!file.links.every((l) => l.type < 0 || isFrame64(l.type))) return false;
  const frame = op('frame');
  const movw = op('movw');
  let evidence = false;
  for (const i of file.code) {
    if (i.op === frame && !isFrame64(i.src)) return false;
    const src = (i.mode >> 3) & 7;
    const dst = i.mode & 7;
    if ((i.mode & 0xc0) === AXINF && i.mid < MaxTemp64 && i.mid !== RTemp64) return false;
    for (const [mode, first, isSource] of [
      [src, i.src, true],
      [dst, i.dst, false],
    ] as const) {
      if (mode === AFP && first < MaxTemp64) {
        if (first !== RTemp64 && (isSource || i.op !== movw || !fixedTemps.has(first))) return false;
      } else if (mode === (AIND | AFP) && first < MaxTemp64) {
        if (first !== REGRET64) return false;
        evidence = true;
      } else if (mode === AFP || mode === (AIND | AFP)) evidence = true;
    }
  }
  return evidence;
}
