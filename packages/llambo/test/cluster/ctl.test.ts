/** One grammar behind every way to command the cluster. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commands, parseCommand } from '../../src/cluster/ctl/index.ts';
import type { Orchestrator } from '../../src/index.ts';
import { EchoModels, startEcho } from './support.ts';

let cluster: Orchestrator;
beforeAll(async () => {
  cluster = await startEcho(
    new EchoModels(),
    'limits: { maximum: 10 }\nclasses: { tiny: { count: 2, model: m }, big: { count: 1, model: m } }',
  );
});
afterAll(() => cluster.stop());

describe('is refused, and changes nothing', () => {
  test.each([
    ['explode', /^unknown command "explode"; commands: spawn, scale, drain/],
    ['spawn tiny', 'wrong number of arguments: usage: spawn CLASS N'],
    ['spawn tiny 1 2', 'wrong number of arguments: usage: spawn CLASS N'],
    ['spawn huge 1', 'there is no class huge; classes: tiny, big'],
    ['spawn tiny many', '"many" is not a number of nodes of at least 1'],
    ['spawn tiny 0', '"0" is not a number of nodes of at least 1'],
    ['spawn tiny -1', '"-1" is not a number of nodes of at least 1'],
    ['spawn tiny 8', '10 tiny nodes would make 11, more than the maximum of 10'],
    ['scale tiny 9999999', '"9999999" is not a number of nodes'],
    ['drain worker-0099', 'there is no node worker-0099'],
    ['drain worker-0001 worker-0099', 'there is no node worker-0099'],
    ['resume worker-0001', 'worker-0001 is not draining, it is idle'],
    ['kill nobody', 'there is no node nobody'],
    ['strategy psychic', /^strategy psychic is unknown; strategies: /],
    ['autoscale maybe', 'usage: autoscale on | autoscale off | autoscale policy NAME'],
    ['autoscale policy psychic', /psychic/],
    ['limit middle 3', 'usage: limit minimum|maximum N [CLASS]'],
    ['limit maximum 3 huge', 'there is no class huge; classes: tiny, big'],
    ["spawn 'tiny 1", 'quote is not closed'],
  ])('%s', async (line, why) => {
    const before = cluster.nodes.map(({ id, state }) => `${id} ${state}`);
    await expect(cluster.execute(line)).rejects.toThrow(why);
    expect(cluster.nodes.map(({ id, state }) => `${id} ${state}`)).toEqual(before);
  });
});

test.each([
  ['spawn tiny 2', 'spawned 2 tiny nodes, 4 in all'],
  ['scale tiny 4', 'tiny has 4 nodes already'],
  ['drain worker-0001', 'draining worker-0001'],
  ['drain worker-0001', 'draining worker-0001'],
  ['resume worker-0001', 'resumed worker-0001'],
  ['strategy p2c', 'strategy is p2c'],
  ['autoscale policy hpa', 'autoscale is off, policy hpa'],
  ['limit minimum 0 tiny', 'minimum of tiny is 0'],
  ['limit maximum 20', 'maximum of all classes is 20'],
  ['save', 'saved'],
  ['scale tiny 1', 'tiny scaled from 4 to 1'],
  ['# a comment', ''],
  ['', ''],
])('%s', async (line, result) => {
  expect(await cluster.execute(line)).toBe(result);
});

test('a checkpoint is commands that change nothing when they are run', async () => {
  const saved = await cluster.execute('checkpoint');
  expect(saved).toBe(
    'strategy p2c\nlimit minimum 1\nlimit maximum 20\nlimit minimum 0 tiny\nautoscale policy hpa\nautoscale off\nscale tiny 1\nscale big 1',
  );
  await cluster.execute('scale tiny 3\nstrategy random');
  await cluster.execute(saved);
  expect(await cluster.execute('checkpoint')).toBe(saved);
});

test('every command has a usage line that it accepts itself', () => {
  for (const { usage } of commands) {
    const line = usage.replaceAll(/[[\]]|\.\.\./g, '');
    expect(parseCommand(line)?.command.usage).toBe(usage);
  }
});

describe('ctl(7)', () => {
  const manual = readFileSync(new URL('../../../../docs/man/ctl.7.md', import.meta.url), 'utf8');
  const examples = [...manual.matchAll(/^(\S.*?) +-> (.*)$/gm)].map(([, line, said]) => [line, said]);
  let one: Orchestrator;
  beforeAll(async () => {
    one = await startEcho(new EchoModels(), 'classes: { tiny: { count: 4, model: m } }');
  });
  afterAll(() => one.stop());

  test.each(examples)('%s', async (line, said) => {
    const answer = await one.execute(line as string).catch((error: Error) => error.message);
    expect(answer).toBe(said);
  });

  test('names every command', () => {
    expect(examples.length).toBeGreaterThan(10);
    for (const { usage } of commands) expect(manual).toContain(`\`${usage.split(' ')[0]}`);
  });
});
