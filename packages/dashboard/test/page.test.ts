import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildPage, folder } from './support/page.ts';

describe('the built page', () => {
  beforeAll(buildPage, 60_000);

  it('weighs less than 100 kB gzipped, all of it', () => {
    const assets = readdirSync(join(folder, 'dist/assets')).map((name) => join('dist/assets', name));
    const sizes = ['dist/index.html', 'dist/favicon.svg', ...assets].map(
      (path) => gzipSync(readFileSync(join(folder, path))).length,
    );
    expect(sizes.reduce((a, b) => a + b, 0)).toBeLessThan(100_000);
  });
});
