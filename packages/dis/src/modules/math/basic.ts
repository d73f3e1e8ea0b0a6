/** Functions of reals that look at their bits, or that C's library has and JavaScript's has not. */

import { scale } from './big-fixed.ts';

const view = new DataView(new ArrayBuffer(8));

/** The bits of a real as a big, signed. */
export function realBits(x: number): bigint {
  view.setFloat64(0, x);
  return view.getBigInt64(0);
}

export function bitsReal(bits: bigint): number {
  view.setBigInt64(0, bits);
  return view.getFloat64(0);
}

export function realBits32(x: number): number {
  view.setFloat32(0, x);
  return view.getInt32(0);
}

export function bits32Real(bits: number): number {
  view.setInt32(0, bits);
  return view.getFloat32(0);
}

export function copysign(x: number, s: number): number {
  const negative = realBits(s) < 0n;
  const size = Math.abs(x);
  return negative ? -size : size;
}

/** Exponent of x as a power of two. */
export function ilogb(x: number): number {
  if (x === 0) return -0x7fffffff;
  if (!Number.isFinite(x)) return 0x7fffffff;
  const exponent = Number((realBits(x) >> 52n) & 0x7ffn);
  // Subnormal: as far below the least exponent as its highest bit is below the fraction's.
  if (exponent === 0) return -1075 + (realBits(Math.abs(x)) & 0xfffffffffffffn).toString(2).length;
  return exponent - 1023;
}

/** The next real after x on the way to y. */
export function nextafter(x: number, y: number): number {
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.NaN;
  if (x === y) return x;
  if (x === 0) return y > 0 ? 5e-324 : -5e-324;
  const away = y > x === x > 0;
  return bitsReal(realBits(x) + (away ? 1n : -1n));
}

/** To the nearest whole number, halves to even. */
export function rint(x: number): number {
  if (!(Math.abs(x) < 2 ** 52)) return x;
  const whole = Math.floor(Math.abs(x));
  const part = Math.abs(x) - whole;
  const rounded = part > 0.5 || (part === 0.5 && whole % 2 === 1) ? whole + 1 : whole;
  return copysign(rounded, x);
}

export function scalbn(x: number, n: number): number {
  if (x === 0 || !Number.isFinite(x)) return x;
  return scale(x, Math.max(-5000, Math.min(5000, n)));
}

/** x - n p, where n is the whole number nearest to x/p, even in case of a tie. */
export function remainder(x: number, p: number): number {
  const size = Math.abs(p);
  if (!Number.isFinite(x) || Number.isNaN(p) || size === 0) return Number.NaN;
  if (size === Number.POSITIVE_INFINITY) return x;
  // What is left of twice p tells whether n is odd; twice the largest p is no real, and needs no reduction.
  let r = size <= 2 ** 1022 ? Math.abs(x) % (2 * size) : Math.abs(x);
  const half = size / 2;
  // Below, half of p may have lost its last bit: compare doubles.
  const over = (v: number, orEqual: boolean): boolean =>
    size < 2 ** -1000 ? (orEqual ? v + v >= size : v + v > size) : orEqual ? v >= half : v > half;
  if (over(r, false)) {
    r -= size;
    if (over(r, true)) r -= size;
  }
  return x < 0 || Object.is(x, -0) ? -r : r;
}

/** A real as a word, as the original's processor converts it without rounding. */
export function truncateToWord(x: number): number {
  const whole = Math.trunc(x);
  return whole >= -0x80000000 && whole <= 0x7fffffff ? whole : -0x80000000;
}

export function pow10(n: number): number {
  return Number(`1e${n}`);
}
