/** Numbers from strings and strings from numbers, as the conversion instructions do. */

/** Decimal digits of a string after white space and a sign: the rest is ignored. */
const whole = /^[ \t\n\v\f\r]*([+-]?)(\d+)/;
const decimal = /^[ \t\n\v\f\r]*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/;
const special = /^[ \t\n\v\f\r]*([+-]?)(nan|infinity|inf)/i;

const big31 = 2n ** 31n;
const big63 = 2n ** 63n;

function clamp(value: bigint, bound: bigint): bigint {
  return value >= bound ? bound - 1n : value < -bound ? -bound : value;
}

/** Saturates. */
export function stringToWord(s: string): number {
  const m = whole.exec(s);
  if (m === null) return 0;
  return Number(clamp(BigInt(m[2]!) * (m[1] === '-' ? -1n : 1n), big31));
}

/** Saturates. */
export function stringToBig(s: string): bigint {
  const m = whole.exec(s);
  if (m === null) return 0n;
  return clamp(BigInt(m[2]!) * (m[1] === '-' ? -1n : 1n), big63);
}

export function stringToReal(s: string): number {
  const m = decimal.exec(s);
  if (m !== null) return Number(m[0]);
  const n = special.exec(s);
  if (n === null) return 0;
  const value = n[2]!.toLowerCase() === 'nan' ? Number.NaN : Number.POSITIVE_INFINITY;
  return n[1] === '-' ? -value : value;
}

/** To the nearest, halves away from zero; what does not fit becomes the smallest word. */
export function realToWord(x: number): number {
  const r = Math.trunc(x < 0 ? x - 0.5 : x + 0.5);
  return r >= -2147483648 && r <= 2147483647 ? r : -2147483648;
}

export function wordPower(x: number, n: number): number {
  let r = 1;
  let base = x;
  let k = Math.abs(n | 0);
  for (;;) {
    if (k % 2 === 1) r = Math.imul(r, base);
    k = Math.floor(k / 2);
    if (k === 0) break;
    base = Math.imul(base, base);
  }
  return n < 0 ? (1 / r) | 0 : r;
}

export function realPower(x: number, n: number): number {
  let r = 1;
  let base = x;
  let k = Math.abs(n | 0);
  for (;;) {
    if (k % 2 === 1) r *= base;
    k = Math.floor(k / 2);
    if (k === 0) break;
    base *= base;
  }
  return n < 0 ? 1 / r : r;
}
