/**
 * Decoded modules: what the engines run. Made once of an object file's bytes and shared by all machines, since nothing in
 * it depends on a machine.
 */

import { forms } from '../engine/forms.ts';
import { internType, type TypeId } from '../heap/types.ts';
import { AFP, AIMM, AIND, AMP, AXIMM, AXINF, AXNON, AXXX, opcodes } from '../object/isa.ts';
import type { Handler, Instruction, ObjectFile } from '../object/module.ts';
import { read } from '../object/reader.ts';
import { verify } from '../object/verify.ts';

/**
 * Words of a decoded instruction: what it is, source, middle, destination. The low byte of the first is the number of its
 * form, with offsets in words from fp in the bytes above (source, middle, destination); or it is 0, then comes the opcode,
 * and the modes of the operands.
 */
export const stride = 4;

/** Operand modes of an instruction that is not in a special form, three bits each from bits 16, 19 and 22. */
export const modeSource = 16;
export const modeMiddle = 19;
export const modeDestination = 22;

export interface Export {
  readonly name: string;
  readonly sig: number;
  /** Instruction number. */
  readonly pc: number;
  readonly frame: TypeId;
}

export interface Code {
  readonly name: string;
  readonly object: ObjectFile;
  /** `stride` words an instruction; see decode. */
  readonly words: Int32Array;
  readonly types: readonly TypeId[];
  readonly exports: readonly Export[];
  readonly handlers: readonly Handler[];
  readonly entryPc: number;
  readonly entryType: TypeId;
  /** Type of the module's data; 0 when it has none. */
  readonly dataType: TypeId;
}

const letters: Readonly<Record<number, string>> = {
  [AMP]: 'm',
  [AFP]: 'f',
  [AIMM]: 'i',
  [AIND | AFP]: 'x',
  [AIND | AMP]: 'y',
};

/** Bytes that a frame of a type takes on a stack. */
export function frameSize(size: number): number {
  return Math.max(32, (size + 7) & ~7);
}

/** One operand: its mode (as for sources) and its word. */
interface Operand {
  mode: number;
  word: number;
}

function generalOperand(mode: number, a: number, b: number): Operand {
  return { mode, word: mode & AIND ? ((a & 0xffff) << 16) | (b & 0xffff) : a };
}

function middleOperand(ins: Instruction): Operand {
  const mode = ins.mode & 0xc0;
  if (mode === AXNON) return { mode: AXXX, word: 0 };
  if (mode === AXIMM) return { mode: AIMM, word: (ins.mid << 16) >> 16 };
  return { mode: mode === AXINF ? AFP : AMP, word: ins.mid & 0xffff };
}

const reals = new Set(['addf', 'subf', 'mulf', 'divf']);
const commutes = new Set(['addw', 'mulw', 'andw', 'orw']);

/** Offsets in forms are in the unit in which they are used: words, except for bytes and reals. */
function scaled(name: string, place: 's' | 'm' | 'd', operand: Operand): number | undefined {
  const { mode, word } = operand;
  if (mode === AIMM || mode === AXXX) return word;
  if (mode === (AIND | AFP)) return (word >>> 16) & 3 ? undefined : word;
  if (name === 'lea' && place === 's') return word;
  if (mode === AFP && name === 'cvtbw' && place === 's') return word;
  if (mode === AFP && name === 'cvtwb' && place === 'd') return word;
  if (mode === AFP && name === 'movb') return word;
  if (reals.has(name)) return word & 7 ? undefined : word >> 3;
  return word & 3 ? undefined : word >> 2;
}

/** Whether an operand of a form is an offset in words from fp: such ones go into the first word, if they fit a byte. */
function packs(name: string, place: 's' | 'm' | 'd', { mode }: Operand): boolean {
  if (mode !== AFP) return false;
  if (place === 's') return name !== 'lea' && name !== 'movb' && name !== 'cvtbw';
  return place === 'm' || (name !== 'movb' && name !== 'cvtwb');
}

function fits(name: string, place: 's' | 'm' | 'd', operand: Operand, scaled: number): boolean {
  return !packs(name, place, operand) || (scaled >= 0 && scaled < 256);
}

/** Destinations that need whole words behind an indirection. */
function alignedIndirect(name: string, operand: Operand): boolean {
  return operand.mode !== (AIND | AFP) || name.includes('b') || (operand.word & 3) === 0;
}

function decode(ins: Instruction, at: number, words: Int32Array, types: readonly TypeId[]): void {
  const op = opcodes[ins.op]!;
  const s = generalOperand((ins.mode >> 3) & 7, ins.src, ins.src2);
  const d = generalOperand(ins.mode & 7, ins.dst, ins.dst2);
  let m = middleOperand(ins);
  const name = op.name === 'movf' ? 'movl' : op.name === 'indf' ? 'indl' : op.name;
  // Numbers of type descriptors become numbers of types.
  if (op.src.kind === 'type') s.word = types[s.word] ?? 0;
  if (op.mid.kind === 'type' && op.name !== 'mnewz') m.word = types[m.word] ?? 0;
  const three = op.mid.kind !== 'none' && op.mid.optional && !op.name.startsWith('newc');
  if (m.mode === AXXX && three) m = { ...d };

  if (commutes.has(name) && m.mode === AIMM && s.mode === AFP)
    [s.mode, s.word, m.mode, m.word] = [m.mode, m.word, s.mode, s.word];
  const spelled = [name];
  for (const [operand, spec] of [
    [s, op.src],
    [m, op.mid],
    [d, op.dst],
  ] as const) {
    if (spec.kind !== 'none' && !(spec.kind === 'pc' && spec === op.dst && op.mid.kind !== 'none')) {
      spelled.push(letters[operand.mode] ?? '-');
    }
  }
  const form = forms.get(spelled.join(' '));
  if (form !== undefined && form > 0 && (op.dst.kind !== 'pc' || d.mode === AIMM)) {
    const sw = scaled(name, 's', s);
    const mw = scaled(name, 'm', m);
    const dw = op.dst.kind === 'pc' ? d.word * stride : scaled(name, 'd', d);
    if (
      sw !== undefined &&
      mw !== undefined &&
      dw !== undefined &&
      alignedIndirect(name, s) &&
      alignedIndirect(name, d)
    ) {
      const first =
        form |
        (packs(name, 's', s) ? sw << 8 : 0) |
        (packs(name, 'm', m) ? mw << 16 : 0) |
        (packs(name, 'd', d) ? dw << 24 : 0);
      if (fits(name, 's', s, sw) && fits(name, 'm', m, mw) && fits(name, 'd', d, dw)) {
        words[at] = first;
        words[at + 1] = sw;
        words[at + 2] = mw;
        words[at + 3] = dw;
        return;
      }
    }
  }
  words[at] = (op.code << 8) | (s.mode << modeSource) | (m.mode << modeMiddle) | (d.mode << modeDestination);
  words[at + 1] = s.word;
  words[at + 2] = m.word;
  words[at + 3] = d.word;
}

/** Decodes a verified object file. */
export function codeOf(object: ObjectFile): Code {
  const types: TypeId[] = [];
  for (const t of object.types) types[t.id] = internType(t.id, t.size, t.map);
  const words = new Int32Array(object.code.length * stride);
  object.code.forEach((ins, i) => {
    decode(ins, i * stride, words, types);
    // The size of the frame goes with the instruction that makes it.
    if (opcodes[ins.op]!.name === 'frame') {
      const size = object.types.find((t) => t.id === ins.src)?.size ?? 0;
      words[i * stride + 2] = frameSize(size);
    }
  });
  return {
    name: object.name,
    object,
    words,
    types,
    exports: object.links.map((l) => ({
      name: l.name,
      sig: l.sig | 0,
      pc: l.pc,
      frame: l.type >= 0 ? (types[l.type] ?? 0) : 0,
    })),
    handlers: object.handlers ?? [],
    entryPc: object.entryPc,
    entryType: object.entryType >= 0 ? (types[object.entryType] ?? 0) : 0,
    dataType: object.dataSize > 0 ? (types[0] ?? 0) : 0,
  };
}

const cache = new Map<string, { bytes: Uint8Array; code: Code }[]>();
let cached = 0;
/** Bytes of object files whose decoded form is kept; the oldest go first. */
const cacheLimit = 32 << 20;

function same(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function digest(bytes: Uint8Array): string {
  let h = 0x811c9dc5;
  for (let i = 0; i < bytes.length; i++) h = Math.imul(h ^ bytes[i]!, 0x01000193);
  return `${bytes.length} ${h}`;
}

/** The code of an object file's bytes: checked, decoded, and shared with all who load the same bytes. */
export function codeFrom(bytes: Uint8Array): Code {
  const key = digest(bytes);
  const found = cache.get(key)?.find((entry) => same(entry.bytes, bytes));
  if (found !== undefined) return found.code;
  const object = read(bytes);
  verify(object);
  const code = codeOf(object);
  const entry = { bytes: bytes.slice(), code };
  const list = cache.get(key);
  if (list === undefined) cache.set(key, [entry]);
  else list.push(entry);
  cached += bytes.length;
  while (cached > cacheLimit) {
    const [oldest, entries] = cache.entries().next().value!;
    cache.delete(oldest);
    for (const e of entries) cached -= e.bytes.length;
  }
  return code;
}
