/** AES, FIPS 197, with keys of 16, 24 or 32 bytes. */

import type { BlockCipher } from './block-cipher.ts';

const sbox = new Uint8Array(256);
const inverse = new Uint8Array(256);

/** Times x in GF(2^8). */
const double = (b: number): number => ((b << 1) ^ (b & 0x80 ? 0x11b : 0)) & 0xff;

function multiply(a: number, b: number): number {
  let product = 0;
  for (let x = a, y = b; y > 0; y >>= 1, x = double(x)) if (y & 1) product ^= x;
  return product;
}

// The S-box is the multiplicative inverse and an affine map; powers of 3 run through the whole field.
for (let p = 1, q = 1, i = 0; i < 255; i++) {
  const rotate = (n: number): number => ((q << n) | (q >> (8 - n))) & 0xff;
  sbox[p] = q ^ rotate(1) ^ rotate(2) ^ rotate(3) ^ rotate(4) ^ 0x63;
  p ^= double(p);
  // 0xf6 is the inverse of 3.
  q = multiply(q, 0xf6);
}
sbox[0] = 0x63;
sbox.forEach((v, i) => {
  inverse[v] = i;
});

const times = [9, 11, 13, 14].map((m) => Uint8Array.from({ length: 256 }, (_, i) => multiply(i, m)));
const [by9, by11, by13, by14] = times as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
const by2 = Uint8Array.from({ length: 256 }, (_, i) => double(i));

/** Round keys, 16 bytes each. */
function expand(key: Uint8Array): Uint8Array {
  const keyWords = key.length / 4;
  const rounds = keyWords + 6;
  const out = new Uint8Array(16 * (rounds + 1));
  out.set(key);
  let constant = 1;
  for (let i = keyWords; i < out.length / 4; i++) {
    let t = Array.from(out.subarray(4 * i - 4, 4 * i));
    if (i % keyWords === 0) {
      t = [t[1]!, t[2]!, t[3]!, t[0]!].map((b) => sbox[b]!);
      t[0]! ^= constant;
      constant = double(constant);
    } else if (keyWords > 6 && i % keyWords === 4) t = t.map((b) => sbox[b]!);
    for (let k = 0; k < 4; k++) out[4 * i + k] = out[4 * (i - keyWords) + k]! ^ t[k]!;
  }
  return out;
}

export function aes(key: Uint8Array): BlockCipher {
  const keys = expand(key);
  const rounds = keys.length / 16 - 1;
  const s = new Uint8Array(16);
  const t = new Uint8Array(16);

  const addKey = (round: number): void => {
    for (let i = 0; i < 16; i++) s[i]! ^= keys[16 * round + i]!;
  };

  return {
    block: 16,
    encrypt(data, at) {
      s.set(data.subarray(at, at + 16));
      addKey(0);
      for (let round = 1; round <= rounds; round++) {
        // Substitute, and shift row r left by r: column c takes from column c + r.
        for (let i = 0; i < 16; i++) t[i] = sbox[s[(i + 4 * (i & 3)) & 15]!]!;
        if (round === rounds) s.set(t);
        else {
          for (let c = 0; c < 16; c += 4) {
            const [a, b, d, e] = [t[c]!, t[c + 1]!, t[c + 2]!, t[c + 3]!];
            const all = a ^ b ^ d ^ e;
            s[c] = a ^ all ^ by2[a ^ b]!;
            s[c + 1] = b ^ all ^ by2[b ^ d]!;
            s[c + 2] = d ^ all ^ by2[d ^ e]!;
            s[c + 3] = e ^ all ^ by2[e ^ a]!;
          }
        }
        addKey(round);
      }
      data.set(s, at);
    },
    decrypt(data, at) {
      s.set(data.subarray(at, at + 16));
      addKey(rounds);
      for (let round = rounds - 1; round >= 0; round--) {
        for (let i = 0; i < 16; i++) t[i] = inverse[s[(i - 4 * (i & 3)) & 15]!]!;
        s.set(t);
        addKey(round);
        if (round === 0) break;
        for (let c = 0; c < 16; c += 4) {
          const [a, b, d, e] = [s[c]!, s[c + 1]!, s[c + 2]!, s[c + 3]!];
          s[c] = by14[a]! ^ by11[b]! ^ by13[d]! ^ by9[e]!;
          s[c + 1] = by9[a]! ^ by14[b]! ^ by11[d]! ^ by13[e]!;
          s[c + 2] = by13[a]! ^ by9[b]! ^ by14[d]! ^ by11[e]!;
          s[c + 3] = by11[a]! ^ by13[b]! ^ by9[d]! ^ by14[e]!;
        }
      }
      data.set(s, at);
    },
  };
}
