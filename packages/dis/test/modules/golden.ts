import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type RunOptions, runProgram } from './program.ts';

const testdata = new URL('../../../../testdata/dis/', import.meta.url).pathname;

/** A file of testdata/dis. */
export function testFile(path: string): Uint8Array {
  return new Uint8Array(readFileSync(join(testdata, path)));
}

/**
 * Runs every NAME.dis of testdata/dis/`folder` and compares what it prints with NAME.out, which the original emulator
 * printed for the same file. NAME.b is the source.
 */
export function goldenTests(folder: string, options: RunOptions = {}): void {
  const names = readdirSync(join(testdata, folder)).flatMap((f) =>
    f.endsWith('.dis') ? [f.slice(0, -4)] : [],
  );
  test.each(names)('%s', async (name) => {
    const { out, why } = await runProgram(testFile(`${folder}/${name}.dis`), options);
    expect(out).toBe(new TextDecoder().decode(testFile(`${folder}/${name}.out`)));
    expect(why).toBe('');
  });
}
