/** Characters a block: about 64 tokens, well below any system prompt. */
export const BLOCK = 256;
/** Blocks that are looked at: what two prompts share beyond 8,192 characters decides nothing any more. */
export const MOST_BLOCKS = 32;

/**
 * Hashes of a prompt's beginnings: of its first block, its first two blocks, and so on; a rest that fills no block is
 * left out. Two prompts share their first n hashes when their first n blocks are equal. Each has 31 bits: a chance hit only
 * sends a request to a node that helps it less.
 *
 * @param salt keeps apart what must not share: the model, the tenant
 */
export function fingerprint(prompt: string, salt = ''): number[] {
  const hashes: number[] = [];
  let high = 0x811c9dc5;
  let low = 0x9e3779b9;
  const mix = (code: number): void => {
    high = Math.imul(high ^ code, 0x01000193);
    low = Math.imul((low ^ code) + ((low << 7) | (low >>> 25)), 0x85ebca6b);
  };
  for (let i = 0; i < salt.length; i++) mix(salt.charCodeAt(i));
  mix(0x1_0000); // no character: the salt's end
  const blocks = Math.min(MOST_BLOCKS, Math.floor(prompt.length / BLOCK));
  for (let block = 0; block < blocks; block++) {
    for (let i = block * BLOCK; i < (block + 1) * BLOCK; i++) mix(prompt.charCodeAt(i));
    hashes.push((Math.imul(high ^ (high >>> 15), 0xc2b2ae35) ^ low ^ (low >>> 13)) >>> 1);
  }
  return hashes;
}

/** A 32-bit hash of a text, spread well enough for a ring. */
export function hash32(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
