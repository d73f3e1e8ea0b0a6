/** IDEA, of a 16-byte key: eight rounds of multiplication modulo 65537, addition modulo 65536 and xor. */

import type { BlockCipher } from './block-cipher.ts';

/** Modulo 65537, where 0 stands for 65536. */
function multiply(a: number, b: number): number {
  const x = a === 0 ? 65536 : a;
  const y = b === 0 ? 65536 : b;
  return ((x * y) % 65537) & 0xffff;
}

/** x to the 65535th: 65537 is prime. */
function invert(x: number): number {
  let result = 1;
  for (let i = 0, power = x; i < 16; i++, power = multiply(power, power)) result = multiply(result, power);
  return result;
}

const subkeys = 52;

function encryptionKeys(key: Uint8Array): Uint16Array {
  const out = new Uint16Array(subkeys);
  let bits = key.reduce((v, b) => (v << 8n) | BigInt(b), 0n);
  for (let i = 0; i < subkeys; i++) {
    if (i > 0 && i % 8 === 0) bits = BigInt.asUintN(128, (bits << 25n) | (bits >> 103n));
    out[i] = Number((bits >> BigInt(112 - 16 * (i % 8))) & 0xffffn);
  }
  return out;
}

/** The keys of the rounds backwards, inverted. */
function decryptionKeys(e: Uint16Array): Uint16Array {
  const out = new Uint16Array(subkeys);
  for (let round = 0; round <= 8; round++) {
    const from = 48 - 6 * round;
    const to = 6 * round;
    // The middle two swap places, but for the first and the last.
    const [b, c] = round === 0 || round === 8 ? [1, 2] : [2, 1];
    out[to] = invert(e[from]!);
    out[to + 1] = -e[from + b]!;
    out[to + 2] = -e[from + c]!;
    out[to + 3] = invert(e[from + 3]!);
    if (round === 8) break;
    out[to + 4] = e[from - 2]!;
    out[to + 5] = e[from - 1]!;
  }
  return out;
}

function run(k: Uint16Array, data: Uint8Array, at: number): void {
  const view = new DataView(data.buffer, data.byteOffset + at, 8);
  let [a, b, c, d] = [0, 2, 4, 6].map((i) => view.getUint16(i)) as [number, number, number, number];
  for (let i = 0; i < 48; i += 6) {
    a = multiply(a, k[i]!);
    b = (b + k[i + 1]!) & 0xffff;
    c = (c + k[i + 2]!) & 0xffff;
    d = multiply(d, k[i + 3]!);
    const e = multiply(a ^ c, k[i + 4]!);
    const f = multiply(((b ^ d) + e) & 0xffff, k[i + 5]!);
    const g = (e + f) & 0xffff;
    [a, b, c, d] = [a ^ f, c ^ f, b ^ g, d ^ g];
  }
  view.setUint16(0, multiply(a, k[48]!));
  view.setUint16(2, c + k[49]!);
  view.setUint16(4, b + k[50]!);
  view.setUint16(6, multiply(d, k[51]!));
}

export function idea(key: Uint8Array): BlockCipher {
  const e = encryptionKeys(key);
  const d = decryptionKeys(e);
  return { block: 8, encrypt: (data, at) => run(e, data, at), decrypt: (data, at) => run(d, data, at) };
}
