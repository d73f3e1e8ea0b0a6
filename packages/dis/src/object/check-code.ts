import { Ebadmode, Ebadopcode, Eobsolete, ObjectError } from './errors.ts';
import { AFP, AIMM, AIND, AMP, AXIMM, AXXX, type Kind, type OperandSpec, op, opcodes } from './isa.ts';
import type { Instruction, ObjectFile, TypeDescriptor } from './module.ts';
import { instructionText, isWellFormed } from './text.ts';
import { fits, hasReference, isReference } from './types.ts';

/** An ObjectError about instruction `pc`, with its text. */
export function badInstruction(message: string, pc: number, i: Instruction): ObjectError {
  return new ObjectError(message, `instruction ${pc}, ${instructionText(i).replace('\t', ' ')}`);
}

/** Middle address modes in the terms of the other two, by their two bits. */
const middleModes = [AXXX, AIMM, AFP, AMP] as const;

const load = op('load');

/** Kinds that are references, in words that the pointer map marks. */
const references: ReadonlySet<Kind> = new Set(['string', 'array', 'list', 'channel', 'module', 'pointer']);

const sizes: Readonly<Partial<Record<Kind, number>>> = {
  byte: 1,
  short: 2,
  big: 8,
  real: 8,
  place: 1,
  message: 1,
  alt: 8,
};

/** Kinds that may be immediate when they are read. */
const immediates: ReadonlySet<Kind> = new Set([
  'byte',
  'word',
  'short',
  'size',
  'link',
  'message',
  'place',
  'pc',
  'type',
  'import',
]);

/** Bytes of the largest value with references that an instruction moves; a tuple or adt is nowhere near it. */
const typedMost = 16_384;

/** Bytes in memory of a block, typed value or other operand; what only the machine knows counts as little as possible. */
export function operandSize(kind: Kind, i: Instruction, types: readonly TypeDescriptor[]): number {
  if (kind === 'block') return (i.mode & 0xc0) === AXIMM ? i.mid : 0;
  if (kind === 'typed') return types[i.mid]?.size ?? 0;
  return sizes[kind] ?? 4;
}

function alignment(kind: Kind, i: Instruction, types: readonly TypeDescriptor[]): number {
  if (kind === 'typed') return types[i.mid]!.map.length > 0 ? 4 : 1;
  if (kind === 'block' || kind === 'place' || kind === 'message') return 1;
  if (kind === 'alt') return 4;
  return operandSize(kind, i, types);
}

/**
 * Whether the operand may lie at `at` of memory of type `where`: in bounds, and a reference exactly where the map has
 * one. The empty string, or what is wrong.
 */
export function misplaced(
  spec: OperandSpec,
  i: Instruction,
  at: number,
  where: TypeDescriptor,
  types: readonly TypeDescriptor[],
  name: 'module data' | 'frame',
): string {
  const size = operandSize(spec.kind, i, types);
  if (at + size > where.size) return `operand lies outside the ${name}`;
  if (references.has(spec.kind)) return isReference(where, at) ? '' : 'reference in the place of a value';
  if (spec.access === 'read' || spec.access === 'none' || spec.kind === 'message') return '';
  if (spec.kind === 'typed' && size > typedMost) return 'value is too large to move';
  if (spec.kind === 'typed') return fits(where, at, types[i.mid]!) ? '' : 'value of another type is here';
  return hasReference(where, at, size) ? 'value in the place of a reference' : '';
}

/** Checks what each instruction says by itself, wherever it may be run from; see the contract in verify.ts. */
export function checkCode(file: ObjectFile, types: readonly TypeDescriptor[]): void {
  const data = types[0] ?? { id: 0, size: 0, map: new Uint8Array() };
  file.code.forEach((i, pc) => {
    const o = opcodes[i.op];
    if (o === undefined) throw badInstruction(Ebadopcode, pc, i);
    const src = (i.mode >> 3) & 7;
    const mid = middleModes[i.mode >> 6]!;
    const dst = i.mode & 7;
    if (src > (AIND | AFP) || dst > (AIND | AFP)) throw badInstruction(Ebadmode, pc, i);
    if (i.op === load && file.imports === undefined) throw new ObjectError(Eobsolete);
    if (!isWellFormed(i)) throw badInstruction('wrong operands for the opcode', pc, i);
    // The middle operand first: it says how long a block or of what type a value is.
    const error =
      middleError(mid, i.mid) ||
      operandError(o.mid, mid, i.mid, 0, i, file, types, data) ||
      operandError(o.src, src, i.src, i.src2, i, file, types, data) ||
      operandError(o.dst, dst, i.dst, i.dst2, i, file, types, data);
    if (error) throw badInstruction(error, pc, i);
  });
}

/** Middle operands have 16 bits: signed when immediate, unsigned as offsets. */
function middleError(mode: number, value: number): string {
  if (mode === AIMM) return value < -0x8000 || value > 0x7fff ? 'immediate does not fit 16 bits' : '';
  return mode !== AXXX && (value < 0 || value > 0xffff) ? 'offset out of range' : '';
}

function operandError(
  spec: OperandSpec,
  mode: number,
  first: number,
  second: number,
  i: Instruction,
  file: ObjectFile,
  types: readonly TypeDescriptor[],
  data: TypeDescriptor,
): string {
  const { kind } = spec;
  if (mode === AXXX) return '';
  if (mode === AIMM) {
    if (spec.access !== 'read' || !immediates.has(kind)) return 'operand cannot be immediate';
    if (kind === 'pc' && (first < 0 || first >= file.code.length)) return 'branch outside the code';
    if (kind === 'type' && types[first] === undefined) return 'no such type descriptor';
    if (kind === 'import' && file.imports?.[first] === undefined) return 'no such list of imports';
    if (kind === 'size' && first < 0) return 'negative size';
    return '';
  }
  if (kind === 'pc' || kind === 'type' || kind === 'import') return 'operand must be immediate';
  if (kind === 'frame' && mode !== AFP) return 'frame operand must be direct';
  if ((kind === 'goto' || kind === 'case' || kind === 'casec' || kind === 'casel') && mode !== AMP)
    return 'table must be in the module data';
  const align = alignment(kind, i, types);
  if (mode & AIND) {
    if (first < 0 || first > 0xffff || second < 0 || second > 0xffff) return 'offset out of range';
    if (first % 4 !== 0 || second % align !== 0) return 'operand is not aligned';
    return mode === (AIND | AMP) && first + 4 > data.size ? 'operand lies outside the module data' : '';
  }
  if (first < 0) return 'offset out of range';
  if (first % align !== 0) return 'operand is not aligned';
  if (mode !== AMP) return ''; // a frame's turn comes when its type is known
  return misplaced(spec, i, first, data, types, 'module data');
}
