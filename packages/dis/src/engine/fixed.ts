/**
 * Fixed-point instructions: products and quotients in 64 bits, scaled by a power of two and, in the forms that end in 0
 * and 1, by a number. They are rare (only Limbo's fixed types make them), so BigInt is good enough.
 */

/** Shift left by `p`, or right when `p` is negative, in 64 bits. */
function scale(r: bigint, p: number): bigint {
  return p >= 0 ? BigInt.asIntN(64, r << BigInt(p & 63)) : r >> BigInt(-p & 63);
}

function word(r: bigint): number {
  return Number(BigInt.asIntN(32, r));
}

/** The quotient in 64 bits; the caller has checked that `b` is not 0. */
function quotient(a: bigint, b: number): bigint {
  return a / BigInt(b);
}

const product = (x: number, y: number): bigint => BigInt(x) * BigInt(y);

export function mulx(x: number, y: number, p: number): number {
  return word(scale(product(x, y), p));
}

export function divx(x: number, y: number, p: number): number {
  return word(quotient(scale(BigInt(x), p), y));
}

export function cvtxx(x: number, p: number): number {
  return word(scale(BigInt(x), p));
}

export function mulx0(x: number, y: number, p: number, a: number): number {
  return x === 0 || y === 0 ? 0 : word(quotient(scale(product(x, y), p), a));
}

export function divx0(x: number, y: number, p: number, b: number): number {
  return x === 0 ? 0 : word(quotient(scale(product(b, x), p), y));
}

export function cvtxx0(x: number, p: number, a: number): number {
  return x === 0 ? 0 : word(quotient(scale(BigInt(x), p), a));
}

/** Low bits that a shift right by `p` loses, set. */
function ones(p: number): bigint {
  return BigInt.asIntN(64, (1n << BigInt(-p & 63)) - 1n);
}

/** As mulx0, rounded away from zero: bits 1 and 0 of `flags` say whether the division and the shift may lose something. */
export function mulx1(x: number, y: number, flags: number, a: number): number {
  if (x === 0 || y === 0) return 0;
  const p = flags >> 2;
  const same = x > 0 === y > 0;
  let v = 0;
  if (flags & 2) v = same ? a - 1 : -(a - 1);
  let w = 0n;
  if (flags & 1 && (flags & 2 ? same : !same)) w = ones(p);
  const r = BigInt.asIntN(64, product(x, y) + w);
  return word(quotient(scale(r, p) + BigInt(v), a));
}

export function divx1(x: number, y: number, flags: number, b: number): number {
  if (x === 0) return 0;
  const p = flags >> 2;
  let v = 0;
  if (flags & 2) v = x >= 0 === y >= 0 ? 1 : -1;
  const w = flags & 1 && x <= 0 ? ones(p) : 0n;
  const s = BigInt.asIntN(64, product(b, x) + w);
  return (word(quotient(scale(s, p), y)) + v) | 0;
}

export function cvtxx1(x: number, flags: number, a: number): number {
  if (x === 0) return 0;
  const p = flags >> 2;
  let v = 0;
  if (flags & 2) v = x < 0 ? -(a - 1) : a - 1;
  let w = 0n;
  if (flags & 1 && (flags & 2 ? x > 0 : x < 0)) w = ones(p);
  return word(quotient(scale(BigInt(x) + w, p) + BigInt(v), a));
}
