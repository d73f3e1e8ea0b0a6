/**
 * Weights of a logarithmic pool, fitted to questions with known answers: conditional logit (McFadden 1974), whose
 * choice probabilities are exactly the pool's. Shrunk towards given weights (ridge), because questions are few.
 */

/** One question: a row of features for each option, and which option is right. */
export interface Example {
  readonly rows: readonly (readonly number[])[];
  readonly right: number;
}

export interface FitOptions {
  /** Weights that the fit is drawn towards; default 0 each. */
  readonly towards?: readonly number[];
  /** How strongly: as many examples as it weighs. Default 10. */
  readonly shrinkage?: number;
  /** No weight below 0: a member that would be listened to in reverse is left out. Default true. */
  readonly positive?: boolean;
}

/** Weights that maximise the penalised likelihood of the right options, by Newton steps on the active weights. */
export function fitWeights(
  examples: readonly Example[],
  features: number,
  options: FitOptions = {},
): number[] {
  const { towards = new Array<number>(features).fill(0), shrinkage = 10, positive = true } = options;
  let weights = [...towards].map((value) => (positive ? Math.max(0, value) : value));
  const held = new Set<number>();
  const objective = (w: readonly number[]): number =>
    -logLikelihood(examples, w) +
    (shrinkage / 2) * w.reduce((sum, value, k) => sum + (value - (towards[k] as number)) ** 2, 0);
  for (let round = 0; round < 50; round++) {
    const { gradient, hessian } = derivatives(examples, weights);
    for (let k = 0; k < features; k++) {
      gradient[k] = (gradient[k] as number) + shrinkage * ((weights[k] as number) - (towards[k] as number));
      (hessian[k] as number[])[k] = (hessian[k]?.[k] as number) + shrinkage;
    }
    // A weight at 0 that wants to go below is left there; it may come back when its gradient turns.
    held.clear();
    if (positive)
      for (let k = 0; k < features; k++) if (weights[k] === 0 && (gradient[k] as number) > 0) held.add(k);
    const free = gradient.map((_, k) => k).filter((k) => !held.has(k));
    const step = solve(
      free.map((i) => free.map((j) => hessian[i]?.[j] as number)),
      free.map((k) => gradient[k] as number),
    );
    const before = objective(weights);
    let length = 1;
    let next = weights;
    for (; length > 1e-6; length /= 2) {
      const candidate = [...weights];
      free.forEach((k, i) => {
        const value = (weights[k] as number) - length * (step[i] as number);
        candidate[k] = positive ? Math.max(0, value) : value;
      });
      if (objective(candidate) < before) {
        next = candidate;
        break;
      }
    }
    const moved = Math.max(0, ...next.map((value, k) => Math.abs(value - (weights[k] as number))));
    weights = next;
    if (moved < 1e-7) break;
  }
  return weights;
}

/** Sum of the log-probabilities of the right options. */
export function logLikelihood(examples: readonly Example[], weights: readonly number[]): number {
  return examples.reduce(
    (sum, example) => sum + Math.log(probabilities(example, weights)[example.right] as number),
    0,
  );
}

export function probabilities({ rows }: Example, weights: readonly number[]): number[] {
  const scores = rows.map((row) => row.reduce((sum, value, k) => sum + value * (weights[k] as number), 0));
  const most = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - most));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => Math.max(power / total, 1e-300));
}

function derivatives(
  examples: readonly Example[],
  weights: readonly number[],
): { gradient: number[]; hessian: number[][] } {
  const size = weights.length;
  const gradient = new Array<number>(size).fill(0);
  const hessian = weights.map(() => new Array<number>(size).fill(0));
  for (const example of examples) {
    const shares = probabilities(example, weights);
    const mean = weights.map((_, k) =>
      example.rows.reduce((sum, row, i) => sum + (shares[i] as number) * (row[k] as number), 0),
    );
    example.rows.forEach((row, i) => {
      const share = shares[i] as number;
      for (let k = 0; k < size; k++) {
        const centred = (row[k] as number) - (mean[k] as number);
        for (let l = 0; l <= k; l++) {
          (hessian[k] as number[])[l] =
            (hessian[k]?.[l] as number) + share * centred * ((row[l] as number) - (mean[l] as number));
        }
      }
    });
    const chosen = example.rows[example.right] as readonly number[];
    for (let k = 0; k < size; k++)
      gradient[k] = (gradient[k] as number) - (chosen[k] as number) + (mean[k] as number);
  }
  for (let k = 0; k < size; k++)
    for (let l = 0; l < k; l++) (hessian[l] as number[])[k] = hessian[k]?.[l] as number;
  return { gradient, hessian };
}

/** Gaussian elimination with row pivots. */
function solve(matrix: number[][], right: readonly number[]): number[] {
  const size = right.length;
  const rows = matrix.map((row, i) => [...row, right[i] as number]);
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let i = column + 1; i < size; i++) {
      if (Math.abs(rows[i]?.[column] as number) > Math.abs(rows[pivot]?.[column] as number)) pivot = i;
    }
    [rows[column], rows[pivot]] = [rows[pivot] as number[], rows[column] as number[]];
    const top = rows[column] as number[];
    for (let i = 0; i < size; i++) {
      if (i === column) continue;
      const factor = (rows[i]?.[column] as number) / ((top[column] as number) || 1e-12);
      for (let j = column; j <= size; j++)
        (rows[i] as number[])[j] = (rows[i]?.[j] as number) - factor * (top[j] as number);
    }
  }
  return rows.map((row, i) => (row[size] as number) / ((row[i] as number) || 1e-12));
}
