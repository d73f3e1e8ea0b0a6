import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../src/index.ts';
import { modules, programs, readDisk, root } from './helper.ts';

/*
 * Programs that use every construct: compiled, run on our machine, and what they print compared with what is written
 * beside them, which the original emulator printed.
 */

const names = readdirSync(programs)
  .filter((f) => f.endsWith('.b'))
  .map((f) => f.slice(0, -2))
  .sort();
/** Libraries of the others. */
const libraries = ['geometry'];

let dir = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'limbo-test-'));
});
afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
});

describe.sequential('programs', () => {
  it.each(names)('%s compiles without a word', (name) => {
    const result = compile(join(programs, `${name}.b`), readDisk, { include: [modules] });
    expect(result.diagnostics).toEqual([]);
    writeFileSync(join(dir, `${name}.dis`), result.dis!);
  });

  it.each(names.filter((n) => !libraries.includes(n)))('%s prints what it must', (name) => {
    const printed = execFileSync(
      process.execPath,
      [
        '--conditions=llambo:source',
        '--import',
        'tsx',
        join(root, 'packages/dis/src/cli/main.ts'),
        'run',
        '-r',
        dir,
        `${name}.dis`,
      ],
      { cwd: root, encoding: 'utf8', timeout: 25_000 },
    );
    expect(printed).toBe(readFileSync(join(programs, `${name}.out`), 'utf8'));
  });

  it.each(['exceptions', 'channels', 'choices'])('%s is the code that it was', (name) => {
    const { asm } = compile(join(programs, `${name}.b`), readDisk, {
      include: [modules],
      assembler: true,
      sourcePath: `${name}.b`,
    });
    expect(asm).toBe(readFileSync(join(programs, `${name}.s`), 'utf8'));
  });
});
