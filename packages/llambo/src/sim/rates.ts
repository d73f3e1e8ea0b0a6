import type { Rate } from './types.ts';

type Points = readonly (readonly [seconds: number, rate: number])[];

const mostOf = (points: Points): number => Math.max(...points.map(([, rate]) => rate));

/** The rate of the last point that has passed. */
export function stepRate(points: Points): Rate {
  return {
    at: (time) => (points.findLast(([from]) => from <= time) ?? points[0])?.[1] ?? 0,
    most: mostOf(points),
  };
}

/** Straight lines between the points; level before the first and behind the last. */
export function linearRate(points: Points): Rate {
  return {
    at: (time) => {
      const after = points.findIndex(([from]) => from > time);
      if (after <= 0) return (after === 0 ? points[0] : points.at(-1))?.[1] ?? 0;
      const [fromTime, fromRate] = points[after - 1] as readonly [number, number];
      const [toTime, toRate] = points[after] as readonly [number, number];
      return fromRate + ((toRate - fromRate) * (time - fromTime)) / (toTime - fromTime);
    },
    most: mostOf(points),
  };
}

const DAY = 86_400;

/** A cosine over the day, the highest at `peakHour`. */
export function dailyRate(low: number, high: number, peakHour: number): Rate {
  const middle = (low + high) / 2;
  return {
    at: (time) => middle + (high - middle) * Math.cos((2 * Math.PI * (time - peakHour * 3600)) / DAY),
    most: high,
  };
}
