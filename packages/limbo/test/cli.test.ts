import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { defaultInclude, parseArguments } from '../src/cli/options.ts';
import { modules, root } from './helper.ts';

const dir = mkdtempSync(join(tmpdir(), 'limbo-cli-'));
afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
});

const command = ['--conditions=llambo:source', '--import', join(root, 'node_modules/tsx/dist/esm/index.mjs')];
const main = join(root, 'packages/limbo/src/cli/main.ts');

const hello = `implement Hello;
include "sys.m";
include "draw.m";
Hello: module { init: fn(nil: ref Draw->Context, nil: list of string); };
init(nil: ref Draw->Context, nil: list of string)
{
	sys := load Sys Sys->PATH;
	sys->print("hello\\n");
}
`;

describe('arguments', () => {
  it('takes flags together and apart', () => {
    const o = parseArguments(['-gw', '-I', 'a', '-Ib', '-w', '-o', 'x.dis', 'x.b']);
    expect(o).toMatchObject({
      symbols: true,
      warnings: 2,
      include: ['a', 'b'],
      output: 'x.dis',
      files: ['x.b'],
    });
  });

  it.each([
    [['x.b', '-z'], 'unknown option -z'],
    [[], 'no source file'],
    [['-o'], '-o needs an argument'],
    [['-o', 'a', 'b.b', 'c.b'], '-o is for one source file'],
  ])('%j: %s', (args, message) => {
    expect(parseArguments(args)).toBe(message);
  });

  it('knows where the interfaces of the system are', () => {
    expect(defaultInclude({})).toEqual(['/module']);
    expect(defaultInclude({ ROOT: '/inferno' })).toEqual(['/inferno/module']);
  });
});

describe('limbo', () => {
  it('writes an object file and a symbol file', () => {
    writeFileSync(join(dir, 'hello.b'), hello);
    execFileSync(process.execPath, [...command, main, '-g', '-I', modules, 'hello.b'], { cwd: dir });
    expect(readFileSync(join(dir, 'hello.dis')).length).toBeGreaterThan(50);
    expect(readFileSync(join(dir, 'hello.sbl'), 'utf8')).toMatch(/^limbo .sbl 2.1\nHello\n/);
  });

  it('writes assembler', () => {
    execFileSync(process.execPath, [...command, main, '-S', '-I', modules, 'hello.b'], { cwd: dir });
    expect(readFileSync(join(dir, 'hello.s'), 'utf8')).toContain('\tmodule\tHello\n');
  });

  it('says what is wrong, and leaves no object file', () => {
    writeFileSync(join(dir, 'wrong.b'), hello.replace('print', 'prnt'));
    writeFileSync(join(dir, 'wrong.dis'), 'stale');
    const r = spawnSync(process.execPath, [...command, main, '-I', modules, 'wrong.b'], {
      cwd: dir,
      encoding: 'utf8',
    });
    expect(r.status).toBe(1);
    expect(r.stderr).toBe(
      'wrong.b:8:7: error: prnt is not a member of sys of type Sys\n    \tsys->prnt("hello\\n");\n    \t     ^~~~\n    did you mean print?\n',
    );
    expect(existsSync(join(dir, 'wrong.dis'))).toBe(false);
  });
});
