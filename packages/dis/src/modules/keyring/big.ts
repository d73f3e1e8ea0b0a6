/** Arithmetic on large integers, and primes. */

/** Big-endian bytes of |v|, as few as there can be but one. */
export function toBytes(v: bigint): Uint8Array {
  const hex = (v < 0n ? -v : v).toString(16);
  const even = hex.length % 2 === 0 ? hex : `0${hex}`;
  const out = new Uint8Array(even.length / 2);
  for (let i = 0; i < out.length; i++) out[i] = Number.parseInt(even.slice(2 * i, 2 * i + 2), 16);
  return out;
}

export function fromBytes(bytes: Uint8Array): bigint {
  if (bytes.length === 0) return 0n;
  let hex = '0x';
  for (const b of bytes) hex += b.toString(16).padStart(2, '0');
  return BigInt(hex);
}

/** Bits of |v|; 0 for 0. */
export function bitLength(v: bigint): number {
  const hex = (v < 0n ? -v : v).toString(16);
  return hex === '0' ? 0 : hex.length * 4 - Math.clz32(Number.parseInt(hex[0]!, 16)) + 28;
}

/** v modulo m, from 0 to m-1. */
export function mod(v: bigint, m: bigint): bigint {
  const r = v % m;
  return r < 0n ? r + m : r;
}

/** base to the exponent modulo m, four bits of the exponent a step. */
export function* modPowSteps(base: bigint, exponent: bigint, m: bigint): Generator<void, bigint> {
  let result = mod(1n, m);
  const b = mod(base, m);
  const powers = [result];
  for (let i = 1; i < 16; i++) powers.push((powers[i - 1]! * b) % m);
  for (const digit of exponent.toString(16)) {
    for (let k = 0; k < 4; k++) result = (result * result) % m;
    result = (result * powers[Number.parseInt(digit, 16)]!) % m;
    yield;
  }
  return result;
}

/** The inverse of v modulo m; undefined when there is none. */
export function inverse(v: bigint, m: bigint): bigint | undefined {
  let [a, b] = [mod(v, m), m];
  let [x, y] = [1n, 0n];
  while (b !== 0n) {
    const q = a / b;
    [a, b] = [b, a - q * b];
    [x, y] = [y, x - q * y];
  }
  return a === 1n ? mod(x, m) : undefined;
}

/** `n` bytes from the host's generator. */
function randomBytes(n: number): Uint8Array {
  const out = new Uint8Array(n);
  for (let at = 0; at < n; at += 65_536) crypto.getRandomValues(out.subarray(at, at + 65_536));
  return out;
}

/** A random number of at most `bits` bits. */
export function randomBits(bits: number): bigint {
  return BigInt.asUintN(bits, fromBytes(randomBytes(Math.ceil(bits / 8))));
}

/** A random number from `low` to below `high`. */
export function randomBetween(low: bigint, high: bigint): bigint {
  const range = high - low;
  for (;;) {
    const v = randomBits(bitLength(range));
    if (v < range) return low + v;
  }
}

const smallPrimes: bigint[] = [];
for (let n = 3n; n < 2000n; n += 2n) if (smallPrimes.every((p) => n % p !== 0n)) smallPrimes.push(n);

/** Miller and Rabin's test with `rounds` random bases. */
export function* primeSteps(n: bigint, rounds: number): Generator<void, boolean> {
  if (n < 4n) return n === 2n || n === 3n;
  if (n % 2n === 0n) return false;
  for (const p of smallPrimes) if (n % p === 0n) return n === p;
  let d = n - 1n;
  let s = 0;
  for (; d % 2n === 0n; d /= 2n) s++;
  for (let i = 0; i < rounds; i++) {
    let x = yield* modPowSteps(randomBetween(2n, n - 1n), d, n);
    if (x === 1n || x === n - 1n) continue;
    let isWitness = true;
    for (let k = 1; k < s && isWitness; k++) {
      x = (x * x) % n;
      if (x === n - 1n) isWitness = false;
    }
    if (isWitness) return false;
  }
  return true;
}

/** A random prime of exactly `bits` bits, which is not `other`. */
export function* newPrimeSteps(bits: number, other?: bigint): Generator<void, bigint> {
  for (;;) {
    const p = randomBits(bits) | 1n | (1n << BigInt(bits - 1));
    yield;
    if (p === other || smallPrimes.some((q) => p % q === 0n && p !== q)) continue;
    // Most candidates fall at the first base.
    if ((yield* primeSteps(p, 1)) && (yield* primeSteps(p, 18))) return p;
  }
}
