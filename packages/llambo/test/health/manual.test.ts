import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { transitions } from '../../src/cluster/health/index.ts';

it('states(7) prints the very table of transitions', () => {
  const manual = readFileSync(new URL('../../../../docs/man/states.7.md', import.meta.url), 'utf8');
  const rows = [...manual.matchAll(/^\| `(\w+)` \| (.+) \|$/gm)].map(([, state, events]) => [
    state,
    Object.fromEntries((events as string).split('; ').map((pair) => pair.split(': '))),
  ]);
  expect(Object.fromEntries(rows)).toEqual(transitions);
});
