/**
 * Fixed-point arithmetic with many more digits than a real has: special functions are summed in it, so that what a series
 * loses by cancellation is not missed. A number is a bigint that counts units of 2^-200.
 */

const fraction = 200n;
export const one: bigint = 1n << fraction;
const half = one >> 1n;

const view = new DataView(new ArrayBuffer(8));

/** A finite real, exactly if it is a multiple of 2^-200; else the next below. */
export function fromReal(x: number): bigint {
  view.setFloat64(0, Math.abs(x));
  const raw = view.getBigUint64(0);
  const exponent = Number(raw >> 52n);
  const mantissa = (raw & 0xfffffffffffffn) | (exponent === 0 ? 0n : 0x10000000000000n);
  const shift = BigInt(Math.max(exponent, 1) - 1075) + fraction;
  const value = shift >= 0n ? mantissa << shift : mantissa >> -shift;
  return x < 0 ? -value : value;
}

/** The nearest real to `v` times 2^`exponent`. */
export function toReal(v: bigint, exponent = 0): number {
  const negative = v < 0n;
  let m = negative ? -v : v;
  let e = exponent - Number(fraction);
  const bits = m.toString(2).length;
  // Number() rounds rightly, but must not overflow; a sticky bit keeps what is cut off in mind.
  if (bits > 128) {
    const cut = BigInt(bits - 128);
    m = (m >> cut) | ((m & ((1n << cut) - 1n)) === 0n ? 0n : 1n);
    e += bits - 128;
  }
  const x = scale(Number(m), e);
  return negative ? -x : x;
}

/** x times 2^n. */
export function scale(x: number, n: number): number {
  let r = x;
  let e = n;
  while (e > 1000) {
    r *= 2 ** 1000;
    e -= 1000;
    if (!Number.isFinite(r)) return r;
  }
  // Downwards the last step alone may round: all before it stay above 2^-1022.
  while (e < -1000) {
    if (Math.abs(r) < 2 ** -60 && e < -1100) return r * 0;
    const step = Math.abs(r) >= 1 ? 1000 : Math.max(0, Math.floor(Math.log2(Math.abs(r))) + 1000);
    if (step <= 0) return r * 2 ** -540 * 2 ** -540;
    r *= 2 ** -step;
    e += step;
  }
  return r * 2 ** e;
}

export function multiply(a: bigint, b: bigint): bigint {
  return (a * b) >> fraction;
}

export function divide(a: bigint, b: bigint): bigint {
  return (a << fraction) / b;
}

function squareRoot(v: bigint): bigint {
  const n = v << fraction;
  if (n <= 0n) return 0n;
  let x = 1n << BigInt((n.toString(2).length + 1) >> 1);
  for (;;) {
    const y = (x + n / x) >> 1n;
    if (y >= x) return x;
    x = y;
  }
}

/** Inverse hyperbolic tangent of |t| < 1, best small. */
function artanh(t: bigint): bigint {
  const square = multiply(t, t);
  let sum = 0n;
  for (let power = t, n = 1n; power !== 0n && power !== -1n; power = multiply(power, square), n += 2n)
    sum += power / n;
  return sum;
}

/** Arc tangent of 1/n. */
function arctanInverse(n: bigint): bigint {
  let sum = 0n;
  for (let power = one / n, k = 1n, sign = 1n; power !== 0n; power /= n * n, k += 2n, sign = -sign)
    sum += (sign * power) / k;
  return sum;
}

const ln2: bigint = 2n * artanh(one / 3n);
/** Machin's formula. */
export const pi: bigint = 16n * arctanInverse(5n) - 4n * arctanInverse(239n);
export const sqrtPi: bigint = squareRoot(pi);
/** Euler's constant. */
export const gamma: bigint =
  (5772156649015328606065120900824024310421593359399235988057672348848677n * one) / 10n ** 70n;

/** Natural logarithm of v > 0. */
export function ln(v: bigint): bigint {
  const k = v.toString(2).length - Number(fraction) - 1;
  let m = k >= 0 ? v >> BigInt(k) : v << BigInt(-k);
  let e = BigInt(k);
  if (m > one + half) {
    m >>= 1n;
    e += 1n;
  }
  return 2n * artanh(divide(m - one, m + one)) + e * ln2;
}

/** e to the v, as a number around 1 and a power of two. */
export function exp(v: bigint): [mantissa: bigint, exponent: number] {
  const k = (v + (v < 0n ? -ln2 : ln2) / 2n) / ln2;
  const r = (v - k * ln2) >> 8n;
  let sum = one;
  for (let term = one, n = 1n; ; n++) {
    term = multiply(term, r) / n;
    if (term === 0n || term === -1n) break;
    sum += term;
  }
  for (let i = 0; i < 8; i++) sum = multiply(sum, sum);
  return [sum, Number(k)];
}

/** Sine of v in [-pi/2, pi/2]. */
export function sine(v: bigint): bigint {
  const square = multiply(v, v);
  let sum = 0n;
  for (let term = v, n = 1n; term !== 0n && term !== -1n; n += 2n) {
    sum += term;
    term = -multiply(term, square) / ((n + 1n) * (n + 2n));
  }
  return sum;
}
