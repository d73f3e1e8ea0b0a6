/** Code that no verifier has seen: whatever it does to its memory, the host goes on. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Interpreter } from '../../src/engine/interp.ts';
import { DisError } from '../../src/errors.ts';
import { assemble } from '../../src/object/asm.ts';
import { ObjectError, read, write } from '../../src/object/index.ts';
import { type Code, codeFrom, codeOf } from '../../src/vm/code.ts';
import { Machine } from '../../src/vm/machine.ts';
import { nowhere, program } from '../engine/harness.ts';
import { rows, toCase } from '../engine/opcodes.ts';
import { programs } from '../engine/programs.ts';

const files: Uint8Array[] = [...rows.map(toCase), ...Object.values(programs)].map((c) =>
  write(assemble(program(c))),
);
const engine = new Interpreter();

/** Runs for a bounded number of turns and halts; the memory stays within its limit. */
function survive(code: Code): void {
  let n = 0;
  const machine = new Machine({ memory: 1 << 18, engine, clock: () => n++ });
  try {
    machine.start(code, '/x.dis', nowhere, 'init', () => {});
  } catch (error) {
    if (error instanceof DisError) return;
    throw error;
  }
  machine.run(60);
  machine.halt();
  expect(machine.heap.memory.buffer.byteLength).toBeLessThanOrEqual(1 << 18);
}

const anyFile = fc.integer({ min: 0, max: files.length - 1 });
const anyWord = fc.oneof(fc.integer(), fc.integer({ min: -64, max: 256 }));

test('files with changed bytes', () => {
  const change = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }));
  fc.assert(
    fc.property(anyFile, fc.array(change, { minLength: 1, maxLength: 6 }), (file, changes) => {
      const bytes = files[file]!.slice();
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      let code: Code;
      try {
        code = codeFrom(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(ObjectError);
        return;
      }
      survive(code);
    }),
    { numRuns: 1500 },
  );
});

test('decoded code with changed words', () => {
  const change = fc.tuple(fc.nat(), anyWord);
  fc.assert(
    fc.property(anyFile, fc.array(change, { minLength: 1, maxLength: 12 }), (file, changes) => {
      const code = codeOf(read(files[file]!));
      for (const [at, value] of changes) code.words[at % code.words.length] = value;
      survive(code);
    }),
    { numRuns: 500 },
  );
});

test('random instructions', () => {
  const instruction = fc.tuple(
    fc.integer({ min: 0, max: 174 }),
    fc.integer({ min: 0, max: 255 }),
    fc.array(fc.oneof(fc.integer({ min: 0, max: 160 }), fc.integer()), { minLength: 5, maxLength: 5 }),
  );
  fc.assert(
    fc.property(anyFile, fc.array(instruction, { minLength: 1, maxLength: 40 }), (file, instructions) => {
      const object = read(files[file]!);
      object.code = instructions.map(([op, mode, [mid, src, src2, dst, dst2]]) => ({
        op,
        mode,
        mid: mid!,
        src: src!,
        src2: src2!,
        dst: dst!,
        dst2: dst2!,
      }));
      survive(codeOf(object));
    }),
    { numRuns: 500 },
  );
});
