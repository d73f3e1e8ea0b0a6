import { op } from '@llambo/dis/object';
import { InternalError } from '../unit.ts';
import { Kind, type Type } from './type.ts';

/**
 * Fixed point arithmetic: values are multiples of a scale, and the product or quotient of two must be brought to the
 * scale of the result. The machine does that with a mantissa and a shift, which are computed here.
 */

/** Uses the bits that the range leaves for more precision. False when the range does not fit 32 bits. */
export function fitFixed(t: Type, max: number): boolean {
  const scale = t.scale!;
  const steps = max === 0 ? 2 ** 32 - 1 : 2 * Math.trunc(max / scale.val + 0.5) + 1;
  let bits = 0;
  for (let x = 1; steps > x; x *= 2) bits++;
  if (bits === 0 || bits > 32) return false;
  if (bits < 32) scale.val /= 2 ** (32 - bits);
  return true;
}

export function scaleOf(t: Type): number {
  if (t.kind === Kind.Int || t.kind === Kind.Real) return 1;
  if (t.kind !== Kind.Fix) throw new InternalError('scale of a type without one');
  return t.scale!.val;
}

/** To the nearest integer, halves away from zero. */
function nearest(v: number): number {
  return Math.trunc(v < 0 ? v - 0.5 : v + 0.5);
}

export function realToFixed(v: number, t: Type): number {
  return nearest(v / scaleOf(t));
}

export function fixedToFixed(v: number, from: Type, to: Type): number {
  return nearest(v * (scaleOf(from) / scaleOf(to)));
}

export function fixedToReal(v: number, from: Type): number {
  return v * scaleOf(from);
}

/** x = mantissa / 2^31 * 2^exponent with the mantissa's top bit set. */
function normal(x: number): { exponent: number; mantissa: number } {
  let exponent = 0;
  let m = x;
  while (m >= 1) {
    exponent++;
    m /= 2;
  }
  while (m < 0.5) {
    exponent--;
    m *= 2;
  }
  m *= 2 ** 31;
  return { exponent, mantissa: m >= 0x7fffffff - 0.5 ? 0x7fffffff : Math.trunc(m + 0.5) };
}

function isPowerOfTwo(x: number): boolean {
  return normal(x).mantissa === 2 ** 30;
}

/** A machine operation with its shift, and mantissa where it takes one; `zero`: the result is 0 whatever the operands. */
export interface FixedOperation {
  readonly op: number;
  readonly shift: number;
  readonly mantissa: number;
  /** The operation reads the mantissa. */
  readonly exact: boolean;
  readonly zero: boolean;
}

const zero: FixedOperation = { op: 0, shift: 0, mantissa: 0, exact: true, zero: true };

/** One of the three forms: shift only, with mantissa, with mantissa and correction. */
function form(name: string, shift: number, mantissa: number, corrected: boolean): FixedOperation {
  return { op: op(name + (corrected ? '1' : '0')), shift, mantissa, exact: false, zero: false };
}

function multiply(name: string, alpha: number): FixedOperation {
  if (isPowerOfTwo(alpha)) {
    return { op: op(name), shift: 1 - normal(1 / alpha).exponent, mantissa: 0, exact: true, zero: false };
  }
  const { exponent, mantissa } = normal(1 / alpha);
  let m = 31 - exponent;
  if (m < -32) return zero;
  let low = 0;
  let carry = false;
  let eps = shifted(m) / (alpha * mantissa) - 1;
  if (eps < 0) {
    low = mantissa - 1;
    eps = -eps;
  }
  if (m < 0 && shifted(31) * eps * mantissa >= mantissa - 1 + shifted(m)) carry = 2 ** -m - 1 !== 0;
  const corrected = low !== 0 || carry;
  if (corrected) m = (m << 2) | (low !== 0 ? 2 : 0) | (carry ? 1 : 0);
  return form(name, m, mantissa, corrected);
}

function divide(beta: number): FixedOperation {
  if (isPowerOfTwo(beta)) {
    return { op: op('divx'), shift: normal(beta).exponent - 1, mantissa: 0, exact: true, zero: false };
  }
  const { exponent, mantissa } = normal(beta);
  let m = exponent - 31;
  if (m <= -62) return zero;
  const low = (shifted(m) * mantissa) / beta - 1 < 0;
  const carry = m < 0 && 2 ** -m - 1 !== 0;
  const corrected = low || carry;
  if (corrected) m = (m << 2) | (low ? 2 : 0) | (carry ? 1 : 0);
  return form('divx', m, mantissa, corrected);
}

/** 1 << n as a 32-bit machine computes it. */
function shifted(n: number): number {
  return 1 << n;
}

export function fixedProduct(x: Type, y: Type, result: Type): FixedOperation {
  return multiply('mulx', (scaleOf(x) * scaleOf(y)) / scaleOf(result));
}

export function fixedQuotient(x: Type, y: Type, result: Type): FixedOperation {
  return divide(scaleOf(x) / (scaleOf(y) * scaleOf(result)));
}

export function fixedCast(x: Type, result: Type): FixedOperation {
  return multiply('cvtxx', scaleOf(x) / scaleOf(result));
}
