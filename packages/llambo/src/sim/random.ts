/** A source of chance that gives the same numbers for the same seed, on every machine. */
export type Random = () => number;

/** sfc32 (small fast counting, 128 bits of state): uniform in [0, 1), in steps of 2^-32. */
export function seededRandom(seed: number): Random {
  let a = 0x9e3779b9;
  let b = 0x243f6a88;
  let c = seed | 0;
  let counter = 1;
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 0x1_0000_0000;
  };
  for (let i = 0; i < 16; i++) next(); // the seed reaches all of the state
  return next;
}

/** Exponential with mean 1. */
export const exponential = (random: Random): number => -Math.log(1 - random());

/** Standard normal, Box and Muller. */
export function normal(random: Random): number {
  return Math.sqrt(2 * exponential(random)) * Math.cos(2 * Math.PI * random());
}

/** Log-normal with the given median and the sigma of its logarithm. */
export const logNormal = (random: Random, median: number, sigma: number): number =>
  median * Math.exp(sigma * normal(random));

/** Heavy-tailed (Pareto) with the given least value and exponent > 1. */
export const pareto = (random: Random, least: number, exponent: number): number =>
  least / (1 - random()) ** (1 / exponent);
