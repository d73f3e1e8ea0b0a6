import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test('the example of the README prints what it says', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const [, example = ''] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
  // Beside the sources, so that the package finds itself by its name.
  const file = new URL(`./readme-example-${process.pid}.mts`, import.meta.url);
  writeFileSync(file, example);
  try {
    const args = ['--conditions=llambo:source', '--import', 'tsx', file.pathname];
    const printed = execFileSync(process.execPath, args, { encoding: 'utf8', timeout: 20_000 });
    expect(printed).toContain('hello from a file\n');
    expect(printed).toContain("bind '#c' /dev\nmount -c '#M' /tmp\nmount -a '#M' /dev\n");
  } finally {
    rmSync(file);
  }
});
