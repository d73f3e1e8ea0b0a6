/**
 * Uniform in [0, 1), a function of (seed, position) alone: the sampler has no state, so that an answer that moves to
 * another engine goes on with the very numbers that it would have drawn. The mixer is the 32-bit finaliser of
 * MurmurHash3 over a Weyl sequence.
 */
export function uniform(seed: number, position: number): number {
  let x = (seed ^ Math.imul(position + 1, 0x9e3779b9)) >>> 0;
  x = mix(x);
  const high = mix((x ^ Math.imul(seed, 0x85ebca6b)) >>> 0);
  return ((x >>> 6) * 0x8000000 + (high >>> 5)) / 0x20000000000000;
}

function mix(value: number): number {
  let x = value;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}
