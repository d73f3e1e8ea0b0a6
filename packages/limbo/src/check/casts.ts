import { op } from '@llambo/dis/object';
import { Kind, type Type, tint, treal } from '../types/type.ts';

/** Instruction that converts between two kinds; 0: none. */
const instructions = new Uint8Array(32 * 32);
/** Casts that go through another type. */
const via = new Map<number, Type>();
const cvtxx: number = op('cvtxx');

function cast(from: number, to: number, name: string): void {
  instructions[from * 32 + to] = op(name);
}

const { Int, Big, Byte, Real, String: Str, Fix, Array: Arr } = Kind;
cast(Int, Int, 'movw');
cast(Big, Big, 'movl');
cast(Real, Real, 'movf');
cast(Byte, Byte, 'movb');
cast(Str, Str, 'movp');
cast(Fix, Fix, 'cvtxx');
cast(Int, Byte, 'cvtwb');
cast(Int, Real, 'cvtwf');
cast(Int, Str, 'cvtwc');
cast(Int, Fix, 'cvtxx');
cast(Byte, Int, 'cvtbw');
cast(Real, Int, 'cvtfw');
cast(Str, Int, 'cvtcw');
cast(Fix, Int, 'cvtxx');
cast(Int, Big, 'cvtwl');
cast(Real, Big, 'cvtfl');
cast(Str, Big, 'cvtcl');
cast(Big, Int, 'cvtlw');
cast(Big, Real, 'cvtlf');
cast(Big, Str, 'cvtlc');
cast(Real, Str, 'cvtfc');
cast(Str, Real, 'cvtcf');
cast(Real, Fix, 'cvtfx');
cast(Fix, Real, 'cvtxf');
cast(Str, Arr, 'cvtca');
cast(Arr, Str, 'cvtac');
for (const [a, b, t] of [
  [Str, Byte, tint],
  [Real, Byte, tint],
  [Big, Byte, tint],
  [Fix, Byte, tint],
  [Big, Fix, treal],
  [Str, Fix, treal],
] as const) {
  via.set(a * 32 + b, t);
  via.set(b * 32 + a, t);
}

/** Whether a value of one kind can be converted to another. */
export function castExists(from: number, to: number): boolean {
  return instructions[from * 32 + to] !== 0 || via.has(from * 32 + to);
}

/** The type to convert to first, if any. */
export function castVia(from: number, to: number): Type | undefined {
  return via.get(from * 32 + to);
}

export function castInstruction(from: number, to: number): number {
  return instructions[from * 32 + to]!;
}

export function isFixedCast(instruction: number): boolean {
  return instruction === cvtxx;
}
