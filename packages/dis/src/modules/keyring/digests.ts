/** Message digests: MD4 (RFC 1320), MD5 (RFC 1321), SHA-1 and SHA-2 (FIPS 180-4). */

/** A digest under way. Plain data: it lives in a program's memory between calls. */
export interface DigestState {
  /** Chaining value: 32-bit words, for SHA-384 and SHA-512 as pairs, high first. */
  readonly h: Int32Array;
  /** What of the last block is there, `used` bytes. */
  readonly buffer: Uint8Array;
  used: number;
  /** Bytes so far. */
  length: number;
}

export interface Digest {
  readonly name: string;
  /** Bytes of a block and of the result. */
  readonly blockSize: 64 | 128;
  readonly size: number;
  readonly littleEndian: boolean;
  readonly initial: Int32Array;
  compress(h: Int32Array, data: DataView, at: number): void;
}

/** Words and bytes that the largest state needs. */
export const stateWords = 16;
export const stateBuffer = 128;

export function newState(d: Digest): DigestState {
  const h = new Int32Array(stateWords);
  h.set(d.initial);
  return { h, buffer: new Uint8Array(stateBuffer), used: 0, length: 0 };
}

export function update(d: Digest, s: DigestState, data: Uint8Array): void {
  let at = 0;
  s.length += data.length;
  if (s.used > 0) {
    at = Math.min(d.blockSize - s.used, data.length);
    s.buffer.set(data.subarray(0, at), s.used);
    s.used += at;
    if (s.used < d.blockSize) return;
    d.compress(s.h, new DataView(s.buffer.buffer, s.buffer.byteOffset), 0);
    s.used = 0;
  }
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  for (; at + d.blockSize <= data.length; at += d.blockSize) d.compress(s.h, view, at);
  s.buffer.set(data.subarray(at));
  s.used = data.length - at;
}

/** The digest of all that came; the state is used up. */
export function finish(d: Digest, s: DigestState): Uint8Array {
  const { length } = s;
  const lengthBytes = d.blockSize / 8;
  const pad = new Uint8Array(((d.blockSize * 2 - lengthBytes - 1 - s.used) % d.blockSize) + 1 + lengthBytes);
  pad[0] = 0x80;
  const view = new DataView(pad.buffer);
  const low = (length % 2 ** 29) * 8;
  const high = Math.floor(length / 2 ** 29);
  const end = pad.length;
  view.setUint32(d.littleEndian ? end - 8 : end - 4, low, d.littleEndian);
  view.setUint32(d.littleEndian ? end - 4 : end - 8, high, d.littleEndian);
  update(d, s, pad);
  const out = new DataView(new ArrayBuffer(64));
  s.h.forEach((w, i) => {
    out.setInt32(4 * i, w, d.littleEndian);
  });
  return new Uint8Array(out.buffer, 0, d.size).slice();
}

export function digestOf(d: Digest, ...parts: readonly Uint8Array[]): Uint8Array {
  const s = newState(d);
  for (const part of parts) update(d, s, part);
  return finish(d, s);
}

const rotate = (x: number, n: number): number => (x << n) | (x >>> (32 - n));

// The constants of SHA-2 are the first bits after the point of roots of the first primes.

const primes: bigint[] = [];
for (let n = 2n; primes.length < 80; n++) if (primes.every((p) => n % p !== 0n)) primes.push(n);

/** The first 64 bits after the point of the k-th root of n. */
function rootFraction(n: bigint, k: bigint): bigint {
  const target = n << (64n * k);
  let low = 0n;
  for (let bit = 1n << 70n; bit > 0n; bit >>= 1n) if ((low + bit) ** k <= target) low += bit;
  return BigInt.asUintN(64, low);
}

const words = (values: readonly bigint[]): Int32Array =>
  Int32Array.from(values.flatMap((v) => [Number(BigInt.asIntN(32, v >> 32n)), Number(BigInt.asIntN(32, v))]));
const highWords = (values: readonly bigint[]): Int32Array =>
  Int32Array.from(values, (v) => Number(BigInt.asIntN(32, v >> 32n)));

const cubeRoots = primes.map((p) => rootFraction(p, 3n));
const squareRoots = primes.slice(0, 16).map((p) => rootFraction(p, 2n));

const mdInitial = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476);

const md4Order = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
  [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15],
  [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15],
] as const;
const md4Shift = [
  [3, 7, 11, 19],
  [3, 5, 9, 13],
  [3, 9, 11, 15],
] as const;
const md4Add = [0, 0x5a827999, 0x6ed9eba1] as const;

export const md4: Digest = {
  name: 'md4',
  blockSize: 64,
  size: 16,
  littleEndian: true,
  initial: mdInitial,
  compress(h, data, at) {
    let [a, b, c, d] = h as unknown as [number, number, number, number];
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 16; i++) {
        const f = round === 0 ? (b & c) | (~b & d) : round === 1 ? (b & c) | (b & d) | (c & d) : b ^ c ^ d;
        const x = data.getInt32(at + 4 * md4Order[round]![i]!, true);
        const t = rotate((a + f + x + md4Add[round]!) | 0, md4Shift[round]![i & 3]!);
        [a, b, c, d] = [d, t, b, c];
      }
    }
    addTo(h, [a, b, c, d]);
  },
};

function addTo(h: Int32Array, values: readonly number[]): void {
  for (let i = 0; i < values.length; i++) h[i] = (h[i]! + values[i]!) | 0;
}

const md5Shift = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
] as const;
const md5Add = Int32Array.from({ length: 64 }, (_, i) => Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32));

export const md5: Digest = {
  name: 'md5',
  blockSize: 64,
  size: 16,
  littleEndian: true,
  initial: mdInitial,
  compress(h, data, at) {
    let a = h[0]!;
    let b = h[1]!;
    let c = h[2]!;
    let d = h[3]!;
    for (let i = 0; i < 64; i++) {
      const round = i >> 4;
      let f: number;
      let k: number;
      if (round === 0) {
        f = (b & c) | (~b & d);
        k = i;
      } else if (round === 1) {
        f = (d & b) | (~d & c);
        k = 5 * i + 1;
      } else if (round === 2) {
        f = b ^ c ^ d;
        k = 3 * i + 5;
      } else {
        f = c ^ (b | ~d);
        k = 7 * i;
      }
      const x = data.getInt32(at + 4 * (k & 15), true);
      const t = (b + rotate((a + f + x + md5Add[i]!) | 0, md5Shift[round]![i & 3]!)) | 0;
      a = d;
      d = c;
      c = b;
      b = t;
    }
    addTo(h, [a, b, c, d]);
  },
};

const w = new Int32Array(160);

export const sha1: Digest = {
  name: 'sha1',
  blockSize: 64,
  size: 20,
  littleEndian: false,
  initial: Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0),
  compress(h, data, at) {
    for (let i = 0; i < 16; i++) w[i] = data.getInt32(at + 4 * i);
    for (let i = 16; i < 80; i++) w[i] = rotate(w[i - 3]! ^ w[i - 8]! ^ w[i - 14]! ^ w[i - 16]!, 1);
    let a = h[0]!;
    let b = h[1]!;
    let c = h[2]!;
    let d = h[3]!;
    let e = h[4]!;
    for (let i = 0; i < 80; i++) {
      const f =
        i < 20
          ? ((b & c) | (~b & d)) + 0x5a827999
          : i < 40
            ? (b ^ c ^ d) + 0x6ed9eba1
            : i < 60
              ? ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc
              : (b ^ c ^ d) + 0xca62c1d6;
      const t = (rotate(a, 5) + f + e + w[i]!) | 0;
      e = d;
      d = c;
      c = rotate(b, 30);
      b = a;
      a = t;
    }
    addTo(h, [a, b, c, d, e]);
  },
};

const k256 = highWords(cubeRoots.slice(0, 64));

function compress256(h: Int32Array, data: DataView, at: number): void {
  for (let i = 0; i < 16; i++) w[i] = data.getInt32(at + 4 * i);
  for (let i = 16; i < 64; i++) {
    const x = w[i - 15]!;
    const y = w[i - 2]!;
    const s0 = rotate(x, 25) ^ rotate(x, 14) ^ (x >>> 3);
    const s1 = rotate(y, 15) ^ rotate(y, 13) ^ (y >>> 10);
    w[i] = (w[i - 16]! + s0 + w[i - 7]! + s1) | 0;
  }
  let [a, b, c, d, e, f, g, z] = h as unknown as number[] as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  for (let i = 0; i < 64; i++) {
    const s1 = rotate(e, 26) ^ rotate(e, 21) ^ rotate(e, 7);
    const t1 = (z + s1 + ((e & f) ^ (~e & g)) + k256[i]! + w[i]!) | 0;
    const s0 = rotate(a, 30) ^ rotate(a, 19) ^ rotate(a, 10);
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    z = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  addTo(h, [a, b, c, d, e, f, g, z]);
}

export const sha256: Digest = {
  name: 'sha256',
  blockSize: 64,
  size: 32,
  littleEndian: false,
  initial: highWords(squareRoots.slice(0, 8)),
  compress: compress256,
};

export const sha224: Digest = {
  ...sha256,
  name: 'sha224',
  size: 28,
  initial: Int32Array.from(squareRoots.slice(8), (v) => Number(BigInt.asIntN(32, v))),
};

const k512 = words(cubeRoots);

/** Rotates and shifts of 64 bits give one half at a time: the high one for (high, low), the low one for (low, high). */
const right = (x: number, y: number, n: number): number =>
  n < 32 ? (x >>> n) | (y << (32 - n)) : (y >>> (n - 32)) | (x << (64 - n));

function compress512(h: Int32Array, data: DataView, at: number): void {
  for (let i = 0; i < 32; i++) w[i] = data.getInt32(at + 4 * i);
  for (let i = 32; i < 160; i += 2) {
    const [xh, xl, yh, yl] = [w[i - 30]!, w[i - 29]!, w[i - 4]!, w[i - 3]!];
    const s0h = right(xh, xl, 1) ^ right(xh, xl, 8) ^ (xh >>> 7);
    const s0l = right(xl, xh, 1) ^ right(xl, xh, 8) ^ ((xl >>> 7) | (xh << 25));
    const s1h = right(yh, yl, 19) ^ right(yh, yl, 61) ^ (yh >>> 6);
    const s1l = right(yl, yh, 19) ^ right(yl, yh, 61) ^ ((yl >>> 6) | (yh << 26));
    const low = (w[i - 31]! >>> 0) + (s0l >>> 0) + (w[i - 13]! >>> 0) + (s1l >>> 0);
    w[i + 1] = low;
    w[i] = w[i - 32]! + s0h + w[i - 14]! + s1h + Math.floor(low / 2 ** 32);
  }
  const v = h.slice();
  for (let i = 0; i < 160; i += 2) {
    const [ah, al, bh, bl, ch, cl] = [v[0]!, v[1]!, v[2]!, v[3]!, v[4]!, v[5]!];
    const [eh, el, fh, fl, gh, gl] = [v[8]!, v[9]!, v[10]!, v[11]!, v[12]!, v[13]!];
    const s1h = right(eh, el, 14) ^ right(eh, el, 18) ^ right(eh, el, 41);
    const s1l = right(el, eh, 14) ^ right(el, eh, 18) ^ right(el, eh, 41);
    const t1l =
      (v[15]! >>> 0) +
      (s1l >>> 0) +
      (((el & fl) ^ (~el & gl)) >>> 0) +
      (k512[i + 1]! >>> 0) +
      (w[i + 1]! >>> 0);
    const t1h = (v[14]! + s1h + ((eh & fh) ^ (~eh & gh)) + k512[i]! + w[i]! + Math.floor(t1l / 2 ** 32)) | 0;
    const s0h = right(ah, al, 28) ^ right(ah, al, 34) ^ right(ah, al, 39);
    const s0l = right(al, ah, 28) ^ right(al, ah, 34) ^ right(al, ah, 39);
    const t2l = (s0l >>> 0) + (((al & bl) ^ (al & cl) ^ (bl & cl)) >>> 0);
    const t2h = (s0h + ((ah & bh) ^ (ah & ch) ^ (bh & ch)) + Math.floor(t2l / 2 ** 32)) | 0;
    const el2 = (v[7]! >>> 0) + (t1l >>> 0);
    const eh2 = v[6]! + t1h + Math.floor(el2 / 2 ** 32);
    const al2 = (t1l >>> 0) + (t2l >>> 0);
    const ah2 = t1h + t2h + Math.floor(al2 / 2 ** 32);
    v.copyWithin(2, 0, 14);
    v[8] = eh2;
    v[9] = el2;
    v[0] = ah2;
    v[1] = al2;
  }
  for (let i = 0; i < 16; i += 2) {
    const low = (h[i + 1]! >>> 0) + (v[i + 1]! >>> 0);
    h[i + 1] = low;
    h[i] = h[i]! + v[i]! + Math.floor(low / 2 ** 32);
  }
}

export const sha512: Digest = {
  name: 'sha512',
  blockSize: 128,
  size: 64,
  littleEndian: false,
  initial: words(squareRoots.slice(0, 8)),
  compress: compress512,
};

export const sha384: Digest = { ...sha512, name: 'sha384', size: 48, initial: words(squareRoots.slice(8)) };
