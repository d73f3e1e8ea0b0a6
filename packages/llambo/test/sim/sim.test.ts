import { expect, it } from 'vitest';
import { exponential, simulate } from '../../src/sim/index.ts';

const options = {
  seed: 5,
  nodes: 20,
  capacity: 4,
  strategy: 'p2c',
  rate: () => 60,
  work: exponential,
  speed: (batch: number) => Math.sqrt(batch),
  requests: 5000,
  queue: 50,
};

it('loses no request, and gives the same for the same seed', () => {
  const first = simulate(options);
  expect(first.missing).toBe(0);
  expect(first.refused).toBeGreaterThan(0);
  expect(simulate(options)).toEqual(first);
  expect(simulate({ ...options, seed: 6 })).not.toEqual(first);
});

it('loses none while policies scale up and down', () => {
  for (const policy of ['seed', 'target', 'hpa', 'kpa']) {
    const rate = (time: number): number => (time < 60 ? 20 : 60);
    const result = simulate({ ...options, policy, rate, requests: 20_000, queue: 1e6 });
    expect(result.missing).toBe(0);
    expect(result.completed).toBe(20_000);
  }
});
