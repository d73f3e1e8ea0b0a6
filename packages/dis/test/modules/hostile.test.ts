import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cryptModule, ipintsModule, keyringModule } from '../../src/modules/keyring/index.ts';
import { loaderModule } from '../../src/modules/loader.ts';
import { mathModule } from '../../src/modules/math/index.ts';
import { sysModule } from '../../src/modules/sys/index.ts';
import { assemble, write } from '../../src/object/index.ts';
import type { BuiltinModule } from '../../src/vm/builtin.ts';
import { runProgram } from './program.ts';

// Calls of built-in functions that no compiler would make: any frame, any words where references should be. The verifier
// lets them pass, since calls with variable arguments bring frames of their own types.

const words = [0, 1, -1, 2, 3, 8, 36, 100, 4096, 65536, 0x7fffffff, -0x80000000, 1048, 2056, 10000];

/** What a call passes at 32, 36, ...: a word, or one of the things that the caller has. */
type Argument = number | 'nil' | 'string' | 'bytes' | 'module' | 'list' | 'self';

const argument: fc.Arbitrary<Argument> = fc.oneof(
  fc.constantFrom(...words),
  fc.integer(),
  fc.constantFrom<Argument>('nil', 'string', 'bytes', 'module', 'list', 'self'),
);

/** Where in a caller's frame each of them is; `nil` is a reference that nothing is in. */
const places: Readonly<Record<string, number>> = {
  nil: 32,
  string: 36,
  bytes: 40,
  module: 44,
  list: 48,
  self: 52,
};

function hex(map: boolean[]): string {
  let out = '';
  for (let i = 0; i < map.length; i += 4)
    out += [0, 1, 2, 3].reduce((v, k) => v * 2 + (map[i + k] ? 1 : 0), 0).toString(16);
  return out;
}

/** A module with a process for each function, which calls it once with `args`. */
function program(module: BuiltinModule, args: readonly Argument[]): Uint8Array {
  const { functions } = module;
  const lines: string[] = [];
  const types: string[] = [];
  // The caller's frame: references from 32 to 55, room for a result from 64, the callee's frame at 60.
  types.push('desc $0,24,"fc"', 'desc $1,192,"00fc"');
  lines.push('load 0(mp),$0,4(mp)');
  functions.forEach((_, n) => {
    lines.push('frame $1,60(fp)', `spawn 60(fp),f${n}`);
  });
  lines.push('ret');
  functions.forEach((_, n) => {
    const size = 32 + 4 * args.length;
    const isReference = (i: number): boolean => typeof args[i] === 'string';
    const map = Array.from({ length: 32 }, (_, w) => w >= 8 && isReference(w - 8));
    types.push(`desc $${n + 2},${Math.max(size, 96)},"${hex(map)}"`);
    lines.push(`f${n}: movp 8(mp),36(fp)`, 'cvtca 36(fp),40(fp)', 'movp 4(mp),44(fp)', 'consp 36(fp),48(fp)');
    lines.push('self 52(fp)', `frame $${n + 2},60(fp)`);
    args.forEach((a, i) => {
      const at = `${32 + 4 * i}(60(fp))`;
      lines.push(typeof a === 'string' ? `movp ${places[a]}(fp),${at}` : `movw ${fit(a)},${at}`);
    });
    lines.push('lea 64(fp),16(60(fp))', `mcall 60(fp),$${n},4(mp)`, 'ret');
  });
  const imports = functions.map((f, i) => `ext @ldt+${4 + 40 * i},${f.signature >>> 0},"${f.name}"`);
  return write(
    assemble(
      [
        ...lines,
        'entry 0,1',
        ...types,
        'var @mp,24',
        `string @mp+0,"${module.name}"`,
        'string @mp+8,"/tmp/x y"',
        'module Hostile',
        `link 1,0,0x4244b354,"init"`,
        'ldts @ldt,1',
        `word @ldt+0,${functions.length}`,
        ...imports,
      ].join('\n'),
    ),
  );
}

/** Immediates have 30 bits; larger words keep their sign. */
function fit(word: number): string {
  return `$${Math.max(-(2 ** 29), Math.min(2 ** 29 - 1, word))}`;
}

describe('calls with any arguments end in an answer or an exception', () => {
  test.each([sysModule, mathModule, keyringModule, ipintsModule, cryptModule, loaderModule])(
    '$name',
    async (module) => {
      await fc.assert(
        fc.asyncProperty(fc.array(argument, { minLength: 16, maxLength: 16 }), async (args) => {
          let used = 0;
          const limit = 8 << 20;
          await runProgram(program(module, args), {
            memory: limit,
            setup: (machine) => {
              // Those that wait for ever are ended.
              setTimeout(() => {
                used = machine.memoryUsed;
                machine.halt();
              }, 60);
            },
          });
          expect(used).toBeLessThanOrEqual(limit);
        }),
        { numRuns: 12 },
      );
    },
  );
});
