/**
 * 64-bit integers as two words, low then high, in an Int32Array: exact, without BigInt objects in the usual cases.
 * Indices are of the low word. Every operation wraps as two's complement does.
 */

const two32 = 4294967296;
const safe = Number.MAX_SAFE_INTEGER;

/** The value as a number: exact up to 2^53, then rounded to the nearest. */
export function toNumber(i32: Int32Array, a: number): number {
  return i32[a + 1]! * two32 + (i32[a]! >>> 0);
}

function toBigInt(i32: Int32Array, a: number): bigint {
  return (BigInt(i32[a + 1]!) << 32n) | BigInt(i32[a]! >>> 0);
}

function store(i32: Int32Array, d: number, value: bigint): void {
  i32[d] = Number(BigInt.asIntN(32, value));
  i32[d + 1] = Number(BigInt.asIntN(32, value >> 32n));
}

/** Stores a whole number of magnitude up to 2^53. */
function storeSafe(i32: Int32Array, d: number, value: number): void {
  const high = Math.floor(value / two32);
  i32[d] = value - high * two32;
  i32[d + 1] = high;
}

export function multiply(i32: Int32Array, a: number, b: number, d: number): void {
  // Schoolbook on the low words, whose product needs 64 bits, and the cross products modulo 2^32.
  const a0 = i32[a]! & 0xffff;
  const a1 = i32[a]! >>> 16;
  const b0 = i32[b]! & 0xffff;
  const b1 = i32[b]! >>> 16;
  // Each of these fits 32 bits.
  const middle = a1 * b0 + ((a0 * b0) >>> 16);
  const p01 = a0 * b1 + (middle & 0xffff);
  const high = a1 * b1 + (middle >>> 16) + (p01 >>> 16);
  const cross = (Math.imul(i32[a + 1]!, i32[b]!) + Math.imul(i32[a]!, i32[b + 1]!)) | 0;
  const low = Math.imul(i32[a]!, i32[b]!);
  i32[d] = low;
  i32[d + 1] = high + cross;
}

/** a / b, towards zero; the caller has checked that b is not 0. */
export function divide(i32: Int32Array, a: number, b: number, d: number): void {
  const x = toNumber(i32, a);
  const y = toNumber(i32, b);
  if (x <= safe && x >= -safe && y <= safe && y >= -safe) storeSafe(i32, d, Math.trunc(x / y));
  else store(i32, d, toBigInt(i32, a) / toBigInt(i32, b));
}

export function remainder(i32: Int32Array, a: number, b: number, d: number): void {
  const x = toNumber(i32, a);
  const y = toNumber(i32, b);
  if (x <= safe && x >= -safe && y <= safe && y >= -safe) storeSafe(i32, d, x % y);
  else store(i32, d, toBigInt(i32, a) % toBigInt(i32, b));
}

export function shiftLeft(i32: Int32Array, a: number, count: number, d: number): void {
  const n = count & 63;
  const low = i32[a]!;
  const high = i32[a + 1]!;
  if (n >= 32) {
    i32[d] = 0;
    i32[d + 1] = low << (n - 32);
  } else if (n > 0) {
    i32[d] = low << n;
    i32[d + 1] = (high << n) | (low >>> (32 - n));
  } else {
    i32[d] = low;
    i32[d + 1] = high;
  }
}

/** Arithmetic shift; logical with `logical`. */
export function shiftRight(i32: Int32Array, a: number, count: number, d: number, logical: boolean): void {
  const n = count & 63;
  const low = i32[a]!;
  const high = i32[a + 1]!;
  if (n >= 32) {
    i32[d] = logical ? high >>> (n - 32) : high >> (n - 32);
    i32[d + 1] = logical ? 0 : high >> 31;
  } else if (n > 0) {
    i32[d] = (low >>> n) | (high << (32 - n));
    i32[d + 1] = logical ? high >>> n : high >> n;
  } else {
    i32[d] = low;
    i32[d + 1] = high;
  }
}

/** Below, at or above 0. */
export function compare(i32: Int32Array, a: number, b: number): number {
  const ah = i32[a + 1]!;
  const bh = i32[b + 1]!;
  if (ah !== bh) return ah < bh ? -1 : 1;
  return (i32[a]! >>> 0) - (i32[b]! >>> 0);
}

/** A real, already rounded to a whole number, as 64 bits; what does not fit becomes the smallest, as x86 does. */
export function fromNumber(i32: Int32Array, d: number, value: number): void {
  if (value >= -safe && value <= safe) storeSafe(i32, d, value);
  else if (value >= -(2 ** 63) && value < 2 ** 63) store(i32, d, BigInt(value));
  else {
    i32[d] = 0;
    i32[d + 1] = -2147483648;
  }
}

/** x to the power n by squaring; a negative n gives 1 divided by that. */
export function power(x: bigint, n: number): bigint {
  let r = 1n;
  let base = x;
  let k = Math.abs(n | 0);
  for (;;) {
    if (k % 2 === 1) r = BigInt.asIntN(64, r * base);
    k = Math.floor(k / 2);
    if (k === 0) break;
    base = BigInt.asIntN(64, base * base);
  }
  return n < 0 ? 1n / r : r;
}

export function decimal(i32: Int32Array, a: number): string {
  const x = toNumber(i32, a);
  return x <= safe && x >= -safe ? x.toString() : toBigInt(i32, a).toString();
}
