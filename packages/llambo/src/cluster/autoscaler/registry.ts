import { LlamboError } from '../../errors.ts';
import { HpaPolicy } from './hpa.ts';
import { KpaPolicy } from './kpa.ts';
import type { Policy, PolicyOptions } from './policy.ts';
import { SchedulePolicy } from './schedule.ts';
import { SeedPolicy } from './seed.ts';
import { TargetPolicy } from './target.ts';

export type PolicyFactory = (options: PolicyOptions) => Policy;

const factories = new Map<string, PolicyFactory>([
  ['target', (options) => new TargetPolicy(options)],
  ['seed', () => new SeedPolicy()],
  ['hpa', (options) => new HpaPolicy(options)],
  ['kpa', (options) => new KpaPolicy(options)],
  ['schedule', (options) => new SchedulePolicy(options)],
]);

/** The names that the configuration and `autoscale policy NAME` take. */
export const policyNames = (): string[] => [...factories.keys()];

/** @throws LlamboError `bad-request` when no policy has that name */
export function createPolicy(name: string, options: PolicyOptions = {}): Policy {
  const factory = factories.get(name);
  if (factory === undefined) {
    throw new LlamboError('bad-request', `policy ${name} is unknown; policies: ${policyNames().join(', ')}`);
  }
  return factory(options);
}

/** Adds a policy of one's own under a new name, or replaces the one of that name. */
export function registerPolicy(name: string, factory: PolicyFactory): void {
  factories.set(name, factory);
}
