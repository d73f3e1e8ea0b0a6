/** Decimal digits of reals, exactly: what `%e %f %g` and conversions to string are made of. */

export interface Decimal {
  /** Significant digits without trailing zeros; "0" for zero, none when everything was rounded away. */
  readonly digits: string;
  /** Where the decimal point is: the value is 0.DIGITS times ten to the `point`. */
  readonly point: number;
  readonly negative: boolean;
}

const bits = new DataView(new ArrayBuffer(8));

function isNegative(x: number): boolean {
  bits.setFloat64(0, x);
  return bits.getUint8(0) >= 128;
}

function trimmed(digits: string, point: number, negative: boolean): Decimal {
  return { digits: digits.replace(/0+$/, '') || (digits === '' ? '' : '0'), point, negative };
}

/** The shortest digits that read back as `x`, which is finite. */
export function shortest(x: number): Decimal {
  const [mantissa, exponent] = Math.abs(x).toExponential().split('e') as [string, string];
  return trimmed(mantissa.replace('.', ''), Number(exponent) + 1, isNegative(x));
}

/** Numerator and denominator of a finite, positive `x`. */
function ratio(x: number): [bigint, bigint] {
  bits.setFloat64(0, x);
  const raw = bits.getBigUint64(0);
  const exponent = Number((raw >> 52n) & 0x7ffn);
  const fraction = raw & 0xfffffffffffffn;
  const mantissa = exponent === 0 ? fraction : fraction | 0x10000000000000n;
  const shift = Math.max(exponent, 1) - 1075;
  return shift >= 0 ? [mantissa << BigInt(shift), 1n] : [mantissa, 1n << BigInt(-shift)];
}

/** a/b to the nearest integer, halves to even. */
function divideRounded(a: bigint, b: bigint): bigint {
  const q = a / b;
  const twice = (a % b) * 2n;
  return twice > b || (twice === b && (q & 1n) === 1n) ? q + 1n : q;
}

/** `x`, which is finite, rounded to `places` digits after the decimal point. */
export function fixed(x: number, places: number): Decimal {
  const negative = isNegative(x);
  if (x === 0) return { digits: '0', point: 1, negative };
  const [a, b] = ratio(Math.abs(x));
  const rounded = divideRounded(a * 10n ** BigInt(places), b);
  if (rounded === 0n) return { digits: '', point: -places, negative };
  const digits = rounded.toString();
  return trimmed(digits, digits.length - places, negative);
}

/** `x`, which is finite, rounded to `count` significant digits (at least 1). */
export function significant(x: number, count: number): Decimal {
  const negative = isNegative(x);
  if (x === 0) return { digits: '0', point: 1, negative };
  const n = Math.max(1, count);
  const [a, b] = ratio(Math.abs(x));
  // The shortest digits may be those of a power of ten just above `x`: then there is one digit less before the point.
  let point = Number(Math.abs(x).toExponential().split('e')[1]) + 1;
  const below = point > 0 ? a < b * 10n ** BigInt(point - 1) : a * 10n ** BigInt(1 - point) < b;
  if (below) point--;
  const scale = n - point;
  const [top, bottom] = scale >= 0 ? [a * 10n ** BigInt(scale), b] : [a, b * 10n ** BigInt(-scale)];
  const digits = divideRounded(top, bottom).toString();
  return trimmed(digits, point + digits.length - n, negative);
}

/** "Infinity" or "NaN", with a sign; undefined for finite numbers. */
export function notFinite(x: number): string | undefined {
  if (Number.isNaN(x)) return isNegative(x) ? '-NaN' : 'NaN';
  return Number.isFinite(x) ? undefined : x < 0 ? '-Infinity' : 'Infinity';
}

/** As `string x` and plain `%g` in Limbo print it: the shortest digits that read back, `.1`, `1e+22`. */
export function realText(x: number, e: 'e' | 'E' = 'e'): string {
  const special = notFinite(x);
  if (special !== undefined) return special;
  const { digits, point, negative } = shortest(x);
  const sign = negative ? '-' : '';
  if (point <= -4 || point > digits.length + 5) {
    const exponent = point - 1;
    const power = String(Math.abs(exponent)).padStart(2, '0');
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
    return `${sign}${digits[0]}${fraction}${e}${exponent < 0 ? '-' : '+'}${power}`;
  }
  if (point <= 0) return `${sign}.${'0'.repeat(-point)}${digits}`;
  if (point >= digits.length) return sign + digits.padEnd(point, '0');
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}
