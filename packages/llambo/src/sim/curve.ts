/** How fast an engine is: what one step of it takes, by what the step does. */
export interface Curve {
  /** Seconds of a step in which so many sequences generate a token each and so many prompt tokens are read. */
  step(generating: number, reading: number): number;
  /** Tokens a second of an engine that only generates, with so many sequences. */
  rate(generating: number): number;
}

/** As a scenario says it: speed x batch ^ exponent tokens a second, prompts at `read` tokens a second. */
export function analyticCurve(speed: number, exponent: number, read: number): Curve {
  const seconds = new Float64Array(257);
  for (let batch = 1; batch < seconds.length; batch++) seconds[batch] = batch / (speed * batch ** exponent);
  const each = 1 / read;
  return {
    step: (generating, reading) =>
      (seconds[generating] ?? generating ** (1 - exponent) / speed) + reading * each,
    rate: (generating) => speed * generating ** exponent,
  };
}

/** What `llamboctl sim --measure` stores: an engine on one machine. */
export interface MeasuredCurve {
  readonly model: string;
  /** What it was measured on and through: processor, threads, versions, in words. */
  readonly machine: string;
  readonly threads: number;
  /** ISO 8601. */
  readonly measured: string;
  /** Pairs of sequences that generate and milliseconds of one step, rising. */
  readonly decode: readonly (readonly [number, number])[];
  /** Pairs of prompt tokens and milliseconds to the first token, nothing else going on, rising. */
  readonly read: readonly (readonly [number, number])[];
  /** Milliseconds until a new engine serves. */
  readonly warmUpMs: number;
}

/** Linear between the points, and beyond the last one as between the last two; through nothing at 0. */
export function interpolate(points: readonly (readonly [number, number])[], at: number): number {
  let [fromX, fromY] = [0, 0];
  let [toX, toY] = points[0] as readonly [number, number];
  for (let i = 1; i < points.length && at > toX; i++) {
    [fromX, fromY] = [toX, toY];
    [toX, toY] = points[i] as readonly [number, number];
  }
  return fromY + ((toY - fromY) * (at - fromX)) / (toX - fromX);
}

/**
 * Milliseconds that reading takes a prompt token, and what a request takes outside of the engine whatever its length, by
 * least squares.
 */
export function readingCost({ read }: Pick<MeasuredCurve, 'read'>): { perToken: number; outside: number } {
  const [tokens, ms] = read[0] as readonly [number, number];
  if (read.length === 1) return { perToken: ms / tokens, outside: 0 };
  const meanX = read.reduce((sum, [x]) => sum + x, 0) / read.length;
  const meanY = read.reduce((sum, [, y]) => sum + y, 0) / read.length;
  const top = read.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  const perToken = top / read.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  return { perToken, outside: Math.max(0, meanY - perToken * meanX) };
}

export function measuredCurve(measured: MeasuredCurve): Curve {
  const { perToken } = readingCost(measured);
  const last = measured.decode.at(-1)?.[0] ?? 1;
  const seconds = Float64Array.from({ length: last + 1 }, (_, n) => interpolate(measured.decode, n) / 1000);
  const decode = (n: number): number => seconds[n] ?? interpolate(measured.decode, n) / 1000;
  return {
    step: (generating, reading) => decode(generating) + (reading * perToken) / 1000,
    rate: (generating) => generating / decode(generating),
  };
}
