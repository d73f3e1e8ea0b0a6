/** DES, FIPS 46-3, with the tables as published: bit numbers from 1, the highest bit first. */

import type { BlockCipher } from './block-cipher.ts';

const table = (text: string): number[] => text.trim().split(/\s+/).map(Number);

const initial = table(`
58 50 42 34 26 18 10 2 60 52 44 36 28 20 12 4 62 54 46 38 30 22 14 6 64 56 48 40 32 24 16 8
57 49 41 33 25 17 9 1 59 51 43 35 27 19 11 3 61 53 45 37 29 21 13 5 63 55 47 39 31 23 15 7`);
const final = initial.map((_, i) => initial.indexOf(i + 1) + 1);
const expansion = table(`
32 1 2 3 4 5 4 5 6 7 8 9 8 9 10 11 12 13 12 13 14 15 16 17
16 17 18 19 20 21 20 21 22 23 24 25 24 25 26 27 28 29 28 29 30 31 32 1`);
const permutation = table(
  '16 7 20 21 29 12 28 17 1 15 23 26 5 18 31 10 2 8 24 14 32 27 3 9 19 13 30 6 22 11 4 25',
);
const choice1 = table(`
57 49 41 33 25 17 9 1 58 50 42 34 26 18 10 2 59 51 43 35 27 19 11 3 60 52 44 36
63 55 47 39 31 23 15 7 62 54 46 38 30 22 14 6 61 53 45 37 29 21 13 5 28 20 12 4`);
const choice2 = table(`
14 17 11 24 1 5 3 28 15 6 21 10 23 19 12 4 26 8 16 7 27 20 13 2
41 52 31 37 47 55 30 40 51 45 33 48 44 49 39 56 34 53 46 42 50 36 29 32`);
const shifts = table('1 1 2 2 2 2 2 2 1 2 2 2 2 2 2 1');
/** Eight S-boxes of four rows, a hexadecimal digit for each column. */
const boxes = `
e4d12fb83a6c5907 0f74e2d1a6cb9538 41e8d62bfc973a50 fc8249175b3ea06d
f18e6b34972dc05a 3d47f28ec01a69b5 0e7ba4d158c6932f d8a13f42b67c05e9
a09e63f51dc7b428 d709346a285ecbf1 d6498f30b12c5ae7 1ad069874fe3b52c
7de3069a1285bc4f d8b56f03472c1ae9 a690cb7df13e5284 3f06a1d8945bc72e
2c417ab6853fd0e9 eb2c47d150fa3986 421bad78f9c5630e b8c71e2d6f09a453
c1af92680d34e75b af427c9561de0b38 9ef528c3704a1db6 432c95fabe17608d
4b2ef08d3c975a61 d0b7491ae35c2f86 14bdc37eaf680592 6bd814a7950fe23c
d2846fb1a93e50c7 1fd8a374c56b0e92 7b419ce206adf358 21e74a8dfc90356b`
  .trim()
  .split(/\s+/)
  .map((row) => Array.from(row, (c) => Number.parseInt(c, 16)));

/** The bits that `order` names of a number of `width` bits. */
function pick(v: bigint, width: number, order: readonly number[]): bigint {
  let out = 0n;
  for (const bit of order) out = (out << 1n) | ((v >> BigInt(width - bit)) & 1n);
  return out;
}

/** S-box of each six bits and P together, by box and its input. */
const spread: Uint32Array[] = Array.from({ length: 8 }, (_, box) =>
  Uint32Array.from({ length: 64 }, (_, input) => {
    const row = ((input >> 4) & 2) | (input & 1);
    const value = BigInt(boxes[4 * box + row]![(input >> 1) & 15]!) << BigInt(28 - 4 * box);
    return Number(pick(value, 32, permutation));
  }),
);

/** A permutation of 64 bits by its bytes: for each of eight, and each value, the high and the low word of the result. */
function byBytes(order: readonly number[]): Uint32Array {
  const out = new Uint32Array(8 * 256 * 2);
  for (let byte = 0; byte < 8; byte++) {
    for (let value = 0; value < 256; value++) {
      const v = pick(BigInt(value) << BigInt(56 - 8 * byte), 64, order);
      out[2 * (256 * byte + value)] = Number(v >> 32n);
      out[2 * (256 * byte + value) + 1] = Number(v & 0xffffffffn);
    }
  }
  return out;
}

const initialBytes = byBytes(initial);
const finalBytes = byBytes(final);

/** Permutes the 8 bytes at `at`, in place. */
function permute(view: DataView, at: number, bytes: Uint32Array): void {
  let high = 0;
  let low = 0;
  for (let i = 0; i < 8; i++) {
    const entry = 2 * (256 * i + view.getUint8(at + i));
    high |= bytes[entry]!;
    low |= bytes[entry + 1]!;
  }
  view.setInt32(at, high);
  view.setInt32(at + 4, low);
}

function keySchedule(key: Uint8Array): number[][] {
  const bits = pick(
    key.subarray(0, 8).reduce((v, b) => (v << 8n) | BigInt(b), 0n),
    64,
    choice1,
  );
  let c = bits >> 28n;
  let d = bits & 0xfffffffn;
  return shifts.map((n) => {
    const turn = (v: bigint): bigint => ((v << BigInt(n)) | (v >> BigInt(28 - n))) & 0xfffffffn;
    c = turn(c);
    d = turn(d);
    const round = pick((c << 28n) | d, 56, choice2);
    return Array.from({ length: 8 }, (_, i) => Number((round >> BigInt(42 - 6 * i)) & 63n));
  });
}

/** The expansion's six bits for each box, as a shift of the half turned by one: its groups overlap by two bits. */
const groupOf = (half: number, box: number): number => {
  const first = expansion[6 * box]!;
  // Bits first .. first+5, counted from 1 and around.
  const turned = ((half << (first - 1)) | (half >>> (33 - first))) >>> 0;
  return first === 1 ? half >>> 26 : turned >>> 26;
};

function run(keys: readonly (readonly number[])[], data: Uint8Array, at: number): void {
  const view = new DataView(data.buffer, data.byteOffset + at, 8);
  permute(view, 0, initialBytes);
  let left = view.getUint32(0);
  let right = view.getUint32(4);
  for (const key of keys) {
    let f = 0;
    for (let box = 0; box < 8; box++) f |= spread[box]![groupOf(right, box) ^ key[box]!]!;
    [left, right] = [right, (left ^ f) >>> 0];
  }
  view.setUint32(0, right);
  view.setUint32(4, left);
  permute(view, 0, finalBytes);
}

/** Of the first 8 bytes of the key; parity bits are not looked at. */
export function des(key: Uint8Array): BlockCipher {
  const forwards = keySchedule(key);
  const backwards = forwards.toReversed();
  return {
    block: 8,
    encrypt: (data, at) => run(forwards, data, at),
    decrypt: (data, at) => run(backwards, data, at),
  };
}
