/**
 * The functions that JavaScript's Math lacks: erf, gamma and Bessel functions. Where series converge they are summed with
 * 200 bits after the point and rounded once; for large arguments the asymptotic expansions are good to a real's digits.
 */

import * as F from './big-fixed.ts';

// Error function.

/** 2/sqrt(pi) times the sum of (-1)^n x^(2n+1) / (n! (2n+1)), for |x| up to about 6. */
function erfSeries(x: number): bigint {
  const v = F.fromReal(x);
  const square = F.multiply(v, v);
  let sum = 0n;
  let power = v;
  for (let n = 1n; power !== 0n && power !== -1n; n++) {
    sum += power / (2n * n - 1n);
    power = -F.multiply(power, square) / n;
  }
  return 2n * F.divide(sum, F.sqrtPi);
}

/** Below this erfc is 0, above its negative 2, and a series is summed between the smaller bounds. */
const erfMost = 27.5;
const erfSeriesMost = 6;

export function erf(x: number): number {
  if (Number.isNaN(x)) return x;
  if (Math.abs(x) > erfSeriesMost) return Math.sign(x);
  // 2/sqrt(pi) x is all there is of the smallest.
  if (Math.abs(x) < 2 ** -60) return x * 1.1283791670955126;
  return F.toReal(erfSeries(x));
}

export function erfc(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x < -erfSeriesMost) return 2;
  if (x <= erfSeriesMost) return Math.abs(x) < 2 ** -60 ? 1 : F.toReal(F.one - erfSeries(x));
  if (x > erfMost) return 0;
  // e^(-x²) / (x sqrt(pi)) / (1 + 1/(2x²) / (1 + 2/(2x²) / (1 + ...)))
  const v = F.fromReal(x);
  const square = F.multiply(v, v);
  let fraction = F.one;
  for (let n = 80n; n > 0n; n--) fraction = F.one + F.divide((n * F.one) / 2n, F.multiply(square, fraction));
  const [mantissa, exponent] = F.exp(-square);
  return F.toReal(F.divide(F.divide(mantissa, F.multiply(v, F.sqrtPi)), fraction), exponent);
}

// Gamma function.

/** Bernoulli numbers B2, B4, ... as numerator and denominator. */
const bernoulli: readonly (readonly [bigint, bigint])[] = [
  [1n, 6n],
  [-1n, 30n],
  [1n, 42n],
  [-1n, 30n],
  [5n, 66n],
  [-691n, 2730n],
  [7n, 6n],
  [-3617n, 510n],
  [43867n, 798n],
  [-174611n, 330n],
  [854513n, 138n],
  [-236364091n, 2730n],
  [8553103n, 6n],
  [-23749461029n, 870n],
  [8615841276005n, 14322n],
  [-7709321041217n, 510n],
];

/** Stirling's series is summed from here on; smaller arguments are moved up. */
const stirlingLeast = 40;

/** ln gamma(x) for x > 0, as large as fixed point can hold. */
function lnGamma(x: number): bigint {
  let z = F.fromReal(x);
  let product = F.one;
  for (let n = x; n < stirlingLeast; n++) {
    product = F.multiply(product, z);
    z += F.one;
  }
  // (z - 1/2) ln z - z + ln(2 pi)/2 + sum of B2k / (2k (2k-1) z^(2k-1))
  let sum = F.multiply(z - F.one / 2n, F.ln(z)) - z + F.ln(2n * F.pi) / 2n;
  const inverse = F.divide(F.one, z);
  const square = F.multiply(inverse, inverse);
  let power = inverse;
  bernoulli.forEach(([a, b], i) => {
    const k = BigInt(2 * i + 2);
    sum += (power * a) / (b * k * (k - 1n));
    power = F.multiply(power, square);
  });
  return sum - F.ln(product);
}

/** The sign of gamma(x), and the logarithm of its absolute value. */
export function lgamma(x: number): [sign: number, value: number] {
  if (Number.isNaN(x)) return [1, x];
  if (!Number.isFinite(x)) return [1, Number.POSITIVE_INFINITY];
  if (x === 0) return [Object.is(x, -0) ? -1 : 1, Number.POSITIVE_INFINITY];
  if (Math.abs(x) < 2 ** -70) return [x < 0 ? -1 : 1, -Math.log(Math.abs(x))];
  if (x === 1 || x === 2) return [1, 0];
  if (x > 2 ** 60) return [1, x * (Math.log(x) - 1)];
  if (x > 0) return [1, F.toReal(lnGamma(x))];
  if (Number.isInteger(x)) return [1, Number.POSITIVE_INFINITY];
  // gamma(x) gamma(-x) = -pi / (x sin(pi x))
  const whole = Math.floor(x);
  const isOdd = Math.abs(whole % 2) === 1;
  const part = F.fromReal(x) - F.fromReal(whole);
  const folded = part > F.one / 2n ? F.one - part : part;
  const sine = F.sine(F.multiply(folded, F.pi));
  const value = F.ln(F.divide(F.pi, F.multiply(F.fromReal(-x), sine))) - lnGamma(-x);
  return [isOdd ? -1 : 1, F.toReal(value)];
}

// Bessel functions.

/** From here on the asymptotic expansions are used. */
const besselSeriesMost = 30;
/** Orders (and so steps of a recurrence) past this are refused: a program must not stop its host. */
const orderMost = 100_000;

/** Thrown for an order that would take too long. */
export class OrderError extends Error {
  override readonly name = 'OrderError';
}

/** The sum of (-1)^k (x/2)^(2k+n) / (k! (n+k)!), for 0 < x < 30. */
function jSeries(n: number, x: number): bigint {
  const halfX = F.fromReal(x / 2);
  const square = F.multiply(halfX, halfX);
  let term = F.one;
  for (let i = 1n; i <= BigInt(n); i++) {
    term = F.multiply(term, halfX) / i;
    if (term === 0n) return 0n;
  }
  let sum = 0n;
  for (let k = 1n; term !== 0n && term !== -1n; k++) {
    sum += term;
    term = -F.multiply(term, square) / (k * (k + BigInt(n)));
  }
  return sum;
}

/** Y0 and Y1 by their series, for 0 < x < 30. */
function ySeries(x: number): [y0: bigint, y1: bigint] {
  const halfX = F.fromReal(x) / 2n;
  const square = F.multiply(halfX, halfX);
  const log = F.ln(halfX) + F.gamma;
  let sum0 = 0n;
  let sum1 = 0n;
  // Terms (-1)^k (x/2)^(2k) / k!² and, for Y1, (-1)^k (x/2)^(2k+1) / (k! (k+1)!); h is the k-th harmonic number.
  let term0 = F.one;
  let term1 = halfX;
  let h = 0n;
  for (let k = 0n; term0 !== 0n && term0 !== -1n; k++) {
    const next = h + F.one / (k + 1n);
    sum0 -= F.multiply(term0, h);
    sum1 += F.multiply(term1, h + next);
    term0 = -F.multiply(term0, square) / ((k + 1n) * (k + 1n));
    term1 = -F.multiply(term1, square) / ((k + 1n) * (k + 2n));
    h = next;
  }
  const y0 = F.divide(2n * (F.multiply(log, jSeries(0, x)) + sum0), F.pi);
  const y1 = F.divide(2n * F.multiply(log, jSeries(1, x)) - F.divide(F.one, halfX) - sum1, F.pi);
  return [y0, y1];
}

/** J and Y of order 0 or 1 for large x, by Hankel's expansion: sqrt(2/(pi x)) (P cos - Q sin) and (P sin + Q cos). */
function asymptotic(n: 0 | 1, x: number): [j: number, y: number] {
  const mu = 4 * n * n;
  let p = 1;
  let q = 0;
  let term = 1;
  for (let k = 1; k < 40; k++) {
    const next = (term * (mu - (2 * k - 1) ** 2)) / (8 * k * x);
    if (Math.abs(next) >= Math.abs(term) || Math.abs(next) < 1e-18) break;
    term = next;
    // Signs go ++--: P takes the even terms, Q the odd ones.
    const signed = k % 4 >= 2 ? -term : term;
    if (k % 2 === 0) p += signed;
    else q += signed;
  }
  const [s, c] = [Math.sin(x), Math.cos(x)];
  // cos and sin of x - pi/4, or of x - 3 pi/4.
  const cos = n === 0 ? c + s : s - c;
  const sin = n === 0 ? s - c : -(s + c);
  const size = 1 / Math.sqrt(Math.PI * x);
  return [size * (p * cos - q * sin), size * (p * sin + q * cos)];
}

export function j0(x: number): number {
  return jn(0, x);
}

export function j1(x: number): number {
  return jn(1, x);
}

/** Bessel function of the first kind of integer order. Throws OrderError for |n| above 100,000. */
export function jn(n: number, x: number): number {
  if (Number.isNaN(x)) return x;
  // J of -n, and of -x, is J with the sign of (-1)^n.
  const flips = (n % 2 !== 0 && n < 0 !== x < 0) === true;
  const order = Math.abs(n);
  const r = order === 0 && x === 0 ? 1 : jPositive(order, Math.abs(x));
  return flips ? -r : r;
}

function jPositive(n: number, x: number): number {
  if (x === 0 || !Number.isFinite(x)) return 0;
  // The first term of the series, (x/2)^n / n!, bounds the rest when n > x.
  const first = n * Math.log(x / 2) - lgamma(n + 1)[1];
  if (n > x && first < -746) return 0;
  if (n > orderMost) throw new OrderError('order too large');
  // What is too small for fixed point has its first factor taken out.
  if (x < besselSeriesMost) return first < -40 ? smallJ(n, x, first) : F.toReal(jSeries(n, x));
  if (n === 0 || n === 1) return asymptotic(n, x)[0];
  if (n <= x) {
    let [a, b] = [asymptotic(0, x)[0], asymptotic(1, x)[0]];
    for (let k = 1; k < n; k++) [a, b] = [b, ((2 * k) / x) * b - a];
    return b;
  }
  return miller(n, x);
}

/** The series of J, with the logarithm of its first term given. */
function smallJ(n: number, x: number, first: number): number {
  const square = (x / 2) ** 2;
  let sum = 0;
  for (let k = 1, term = 1; Math.abs(term) > 1e-18; k++) {
    sum += term;
    term *= -square / (k * (k + n));
  }
  return sum * Math.exp(first);
}

/** J of order n > x by recurrence downwards from an order where it is nothing, scaled by J0 + 2 (J2 + J4 + ...) = 1. */
function miller(n: number, x: number): number {
  const start = 2 * Math.ceil((n + Math.sqrt(60 * n)) / 2) + 2;
  let [above, here] = [0, 1e-300];
  let [sum, result] = [0, 0];
  for (let k = start; k > 0; k--) {
    const below = ((2 * k) / x) * here - above;
    [above, here] = [here, below];
    if (Math.abs(here) > 1e250) {
      above *= 1e-250;
      here *= 1e-250;
      sum *= 1e-250;
      result *= 1e-250;
    }
    if (k - 1 === n) result = here;
    if ((k - 1) % 2 === 0) sum += k - 1 === 0 ? here : 2 * here;
  }
  return result / sum;
}

export function y0(x: number): number {
  return yn(0, x);
}

export function y1(x: number): number {
  return yn(1, x);
}

/** Bessel function of the second kind of integer order, for x > 0. Throws OrderError for |n| above 100,000. */
export function yn(n: number, x: number): number {
  if (Number.isNaN(x)) return x;
  const order = Math.abs(n);
  const sign = n < 0 && n % 2 !== 0 ? -1 : 1;
  if (x === 0) return sign * Number.NEGATIVE_INFINITY;
  if (x < 0) return Number.NaN;
  if (!Number.isFinite(x)) return 0;
  // Smaller ones would lose digits in fixed point, and are as good as their first terms.
  if (x < 2 ** -60) {
    if (order === 0) return (Math.log(x / 2) + 0.5772156649015329) * (2 / Math.PI);
    if (order === 1) return sign * (-2 / Math.PI / x);
    return sign * Number.NEGATIVE_INFINITY;
  }
  const isSmall = x < besselSeriesMost;
  let [a, b] = isSmall ? ySeries(x).map((v) => F.toReal(v)) : [asymptotic(0, x)[1], asymptotic(1, x)[1]];
  if (order === 0) return a!;
  if (order > orderMost && order < x) throw new OrderError('order too large');
  for (let k = 1; k < order && Number.isFinite(b!); k++) {
    if (k > orderMost) throw new OrderError('order too large');
    [a, b] = [b, ((2 * k) / x) * b! - a!];
  }
  return sign * b!;
}
