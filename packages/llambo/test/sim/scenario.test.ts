import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { formatSummaries, parseScenario, simulate, sparkline, summarize, svg } from '../../src/sim/index.ts';

const folder = new URL('../../scenarios/', import.meta.url);

it('takes every scenario that is shipped', () => {
  for (const name of readdirSync(folder)) {
    const options = parseScenario(readFileSync(new URL(name, folder), 'utf8'));
    expect(simulate({ ...options, requests: 500 }).missing).toBe(0);
  }
});

it("follows the seed's scaling example: 100, then 600, then down by 200", () => {
  const result = simulate(parseScenario(readFileSync(new URL('seed-example.yaml', folder), 'utf8')));
  const steps = result.decisions.filter(({ from, to }) => from !== to).map(({ from, to }) => `${from}>${to}`);
  expect(steps.slice(0, 2)).toEqual(['100>600', '600>400']);
  expect(formatSummaries([summarize('seed', result)])).toContain('reversals');
  expect(sparkline(result)).toContain('up to 700');
  expect(svg(result)).toContain('<polyline');
});

it('refuses what a scenario does not know', () => {
  expect(() => parseScenario('nodes: 1\nrequests: 1\nrate: [[0, 1]]\nspede: 3\n')).toThrow(/spede/);
});
