import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { THREADS, testHome, tinyModel } from './engine/model.ts';

test('the example of the README answers, and scores France above Peru', { timeout: 120_000 }, async () => {
  await tinyModel();
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const [, example = ''] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
  // Beside the sources, so that the package finds itself by its name.
  const file = new URL(`./readme-example-${process.pid}.mts`, import.meta.url);
  writeFileSync(file, example);
  try {
    const output = execFileSync(
      process.execPath,
      ['--conditions=llambo:source', '--import', 'tsx', file.pathname],
      {
        encoding: 'utf8',
        timeout: 100_000,
        env: { ...process.env, LLAMBO_HOME: testHome, LLAMBO_THREADS: String(THREADS) },
      },
    );
    expect(output).toMatch(/Hello/i);
    const [france, peru] = JSON.parse((/\[[^\]]*\]\s*$/.exec(output) as RegExpExecArray)[0]) as [
      number,
      number,
    ];
    expect(france).toBeGreaterThan(peru);
  } finally {
    rmSync(file);
  }
});
