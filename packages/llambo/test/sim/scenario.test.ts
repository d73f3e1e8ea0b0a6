import { expect, it } from 'vitest';
import {
  compare,
  comparisonSvg,
  formatPhases,
  formatSummaries,
  loadScenario,
  parseScenario,
  phaseFigures,
  scenarioNames,
  simulate,
  sparkline,
  summarize,
  svg,
} from '../../src/sim/index.ts';

it('takes every scenario that is shipped', () => {
  expect(scenarioNames()).toContain('seed-example');
  for (const name of scenarioNames()) {
    const { title, options } = loadScenario(name);
    expect(title).not.toBe('');
    const result = simulate({ ...options, workload: { ...options.workload, requests: 200 } });
    expect([name, result.missing]).toEqual([name, 0]);
  }
});

it("follows the seed's scaling example: 100, then 600, then 400 nodes, as busy as drawn", () => {
  const scenario = loadScenario('seed-example');
  const result = simulate(scenario.options);
  const steps = result.decisions.filter(({ from, to }) => from !== to).map(({ from, to }) => `${from}>${to}`);
  expect(steps.slice(0, 2)).toEqual(['100>600', '600>400']);
  for (const { nodes, tokensPerSecond, utilization } of phaseFigures(scenario, result)) {
    expect(nodes[1]).toBeCloseTo(nodes[0], 0);
    expect(tokensPerSecond[1]).toBeCloseTo(tokensPerSecond[0], 0);
    expect(Math.abs(utilization[1] - (utilization[0] as number))).toBeLessThan(0.02);
  }
  expect(formatPhases(phaseFigures(scenario, result))).toContain('600 / 600');
  expect(sparkline(result)).toContain('up to 600');
  expect(svg(result)).toContain('<polyline');
});

it('compares strategies and policies on the same arrivals', () => {
  const { options } = loadScenario('steady');
  const workload = { ...options.workload, requests: 1000 };
  const summaries = compare({ options: { ...options, workload } }, 'strategy', ['p2c', 'random']);
  expect(summaries.map(({ name }) => name)).toEqual(['p2c', 'random']);
  expect(formatSummaries(summaries)).toContain('goodput');
  expect(comparisonSvg(summaries, 'a < b')).toContain('a &lt; b');
  expect(summarize('again', simulate({ ...options, workload, strategy: 'p2c' }))).toEqual({
    ...summaries[0],
    name: 'again',
  });
});

it('refuses what a scenario does not know', () => {
  expect(() => parseScenario('nodes: 1\nrequests: 1\nrate: [[0, 1]]\nspede: 3\n')).toThrow(/spede/);
  expect(() => parseScenario('nodes: 1\nrate: [[0, 1]]\n')).toThrow('neither requests nor seconds');
  expect(() => parseScenario('nodes: 1\nrequests: 1\n')).toThrow('neither rate nor daily');
  expect(() => parseScenario('requests: 1\nrate: [[0, 1]]\n')).toThrow('neither nodes nor classes');
});
