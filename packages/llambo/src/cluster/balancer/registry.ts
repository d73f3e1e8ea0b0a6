import { unknownStrategy } from '../../errors.ts';
import { affinity } from './affinity.ts';
import { leastLoaded } from './least-loaded.ts';
import { p2c } from './p2c.ts';
import { prefix } from './prefix.ts';
import { prequal } from './prequal.ts';
import { random } from './random.ts';
import { roundRobin } from './round-robin.ts';
import { session } from './session.ts';
import type { NodeView, Strategy, StrategyOptions } from './strategy.ts';
import { weighted } from './weighted.ts';

/** Makes a strategy without nodes. */
export type StrategyFactory = <N extends NodeView>(options: StrategyOptions) => Strategy<N>;

const factories = new Map<string, StrategyFactory>([
  ['round-robin', roundRobin],
  ['least-loaded', leastLoaded],
  ['random', random],
  ['weighted', weighted],
  ['p2c', p2c],
  ['prefix', prefix],
  ['session', session],
  ['affinity', affinity],
  ['prequal', prequal],
]);

/** The names that the configuration and `strategy NAME` take. */
export const strategyNames = (): string[] => [...factories.keys()];

/** Adds a strategy of one's own under a new name, or replaces the one of that name. */
export function registerStrategy(name: string, factory: StrategyFactory): void {
  factories.set(name, factory);
}

/**
 * @param options chance and time default to the machine's own
 * @param nodes are added at once: what a change of strategy at run time needs
 * @throws LlamboError `bad-request` when no strategy has that name
 */
export function createStrategy<N extends NodeView>(
  name: string,
  options: Partial<StrategyOptions> = {},
  nodes: Iterable<N> = [],
): Strategy<N> {
  const factory = factories.get(name);
  if (factory === undefined) throw unknownStrategy(name, factories.keys());
  const strategy = factory<N>({ random: Math.random, now: () => performance.now(), ...options });
  for (const node of nodes) strategy.add(node);
  return strategy;
}
