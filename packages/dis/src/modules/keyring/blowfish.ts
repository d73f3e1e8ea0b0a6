/**
 * Blowfish, of a key of 1 to 56 bytes. Its tables start as the digits of pi, which are computed here when first needed.
 * The words of a block are little-endian, as in the original's library; in the published vectors they are big-endian.
 */

import type { BlockCipher } from './block-cipher.ts';

const rounds = 16;
const tableWords = rounds + 2 + 4 * 256;

let piWords: Int32Array | undefined;

/** The bits of pi after the point, as words. */
function pi(): Int32Array {
  if (piWords !== undefined) return piWords;
  const bits = BigInt(tableWords * 32 + 64);
  const arctan = (n: bigint): bigint => {
    let sum = 0n;
    let power = (1n << bits) / n;
    for (let k = 1n, sign = 1n; power > 0n; k += 2n, sign = -sign) {
      sum += sign * (power / k);
      power /= n * n;
    }
    return sum;
  };
  // Machin's formula.
  const hex = BigInt.asUintN(Number(bits), 16n * arctan(5n) - 4n * arctan(239n))
    .toString(16)
    .padStart(Number(bits) / 4, '0');
  piWords = Int32Array.from({ length: tableWords }, (_, i) =>
    Number.parseInt(hex.slice(8 * i, 8 * i + 8), 16),
  );
  return piWords;
}

export function blowfish(key: Uint8Array): BlockCipher {
  const table = pi().slice();
  const p = table.subarray(0, rounds + 2);
  const s = table.subarray(rounds + 2);
  let left = 0;
  let right = 0;

  const f = (x: number): number =>
    ((((s[x >>> 24]! + s[256 + ((x >>> 16) & 0xff)]!) | 0) ^ s[512 + ((x >>> 8) & 0xff)]!) +
      s[768 + (x & 0xff)]!) |
    0;
  const encryptWords = (): void => {
    for (let i = 0; i < rounds; i += 2) {
      left ^= p[i]!;
      right ^= f(left) ^ p[i + 1]!;
      left ^= f(right);
    }
    [left, right] = [right ^ p[rounds + 1]!, left ^ p[rounds]!];
  };
  const decryptWords = (): void => {
    for (let i = rounds + 1; i > 1; i -= 2) {
      left ^= p[i]!;
      right ^= f(left) ^ p[i - 1]!;
      left ^= f(right);
    }
    [left, right] = [right ^ p[0]!, left ^ p[1]!];
  };
  for (let i = 0, at = 0; i < p.length; i++) {
    let word = 0;
    for (let k = 0; k < 4; k++, at = (at + 1) % key.length) word = (word << 8) | key[at]!;
    p[i]! ^= word;
  }
  for (let i = 0; i < table.length; i += 2) {
    encryptWords();
    table[i] = left;
    table[i + 1] = right;
  }

  const onData =
    (words: () => void) =>
    (data: Uint8Array, at: number): void => {
      const view = new DataView(data.buffer, data.byteOffset + at, 8);
      left = view.getInt32(0, true);
      right = view.getInt32(4, true);
      words();
      view.setInt32(0, left, true);
      view.setInt32(4, right, true);
    };
  return { block: 8, encrypt: onData(encryptWords), decrypt: onData(decryptWords) };
}
