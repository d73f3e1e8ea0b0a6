/** A block cipher with its key: `block` bytes at `at` of `data` are replaced by their encryption or decryption. */
export interface BlockCipher {
  readonly block: number;
  encrypt(data: Uint8Array, at: number): void;
  decrypt(data: Uint8Array, at: number): void;
}

/** Each block by itself; `n` is a multiple of the block's size. */
export function ecb(cipher: BlockCipher, data: Uint8Array, n: number, decrypting: boolean): void {
  for (let at = 0; at + cipher.block <= n; at += cipher.block) {
    if (decrypting) cipher.decrypt(data, at);
    else cipher.encrypt(data, at);
  }
}

/**
 * Cipher block chaining; `ivec` is the last block of ciphertext, before and after. What is left after whole blocks is
 * xored with the encrypted ivec, as the original does it.
 */
export function cbc(
  cipher: BlockCipher,
  data: Uint8Array,
  n: number,
  ivec: Uint8Array,
  decrypting: boolean,
): void {
  const { block } = cipher;
  let at = 0;
  for (; at + block <= n; at += block) {
    if (decrypting) {
      const next = data.slice(at, at + block);
      cipher.decrypt(data, at);
      for (let i = 0; i < block; i++) data[at + i]! ^= ivec[i]!;
      ivec.set(next);
    } else {
      for (let i = 0; i < block; i++) data[at + i]! ^= ivec[i]!;
      cipher.encrypt(data, at);
      ivec.set(data.subarray(at, at + block));
    }
  }
  if (at === n) return;
  cipher.encrypt(ivec, 0);
  for (let i = 0; at < n; i++, at++) data[at]! ^= ivec[i]!;
}
