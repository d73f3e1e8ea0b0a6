/** The manual names every attribute, and no other. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ATTRIBUTES, OPERATIONS, type Operation } from '../../src/wire/attributes.ts';

test('llambo-request(7) has all attributes', () => {
  const [page = ''] = readFileSync(
    new URL('../../../../docs/man/llambo-request.7.md', import.meta.url),
    'utf8',
  ).split('### Records');
  const cells = [...page.matchAll(/^\| (`[a-z_`, ]+`) \|/gm)].map(([, cell]) => cell as string);
  const others = ['option', 'text', 'special'];
  for (const name of others) expect(page).toMatch(new RegExp(`\`${name}(=1)?\``));
  const named = cells.flatMap((cell) => [...cell.matchAll(/`([a-z_]+)`/g)].map(([, name]) => name as string));
  const known = [...ATTRIBUTES.keys()].filter((name) => !others.includes(name));
  expect(named).toEqual(expect.arrayContaining(known));
  const operations = [...OPERATIONS, 'op'];
  expect(known).toEqual(
    expect.arrayContaining(named.filter((name) => !operations.includes(name as Operation))),
  );
});
