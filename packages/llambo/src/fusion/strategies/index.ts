import { LlamboError } from '../../errors.ts';
import { confidence, majority, medoid, mux, quorum, vote, weighted } from './answers.ts';
import { pool } from './pool.ts';
import type { Strategy } from './strategy.ts';

const STRATEGIES: readonly Strategy[] = [pool, vote, medoid, mux, weighted, majority, confidence, quorum];
const byName = new Map(STRATEGIES.map((strategy) => [strategy.name, strategy]));

/** Registered names, without `auto` and `cascade`, which are made of them. */
export const fusionStrategyNames = (): string[] => [...byName.keys()];

/** @throws LlamboError `bad-request` */
export function fusionStrategy(name: string): Strategy {
  const strategy = byName.get(name);
  if (strategy === undefined) {
    throw new LlamboError(
      'bad-request',
      `fusion strategy ${name} is unknown; strategies: auto, cascade, ${fusionStrategyNames().join(', ')}`,
    );
  }
  return strategy;
}

export type { Decision, Setting, Strategy } from './strategy.ts';
