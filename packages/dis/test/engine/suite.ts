/** What holds for every engine. */

import { describe, expect, test } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { forms } from '../../src/engine/forms.ts';
import { assemble } from '../../src/object/asm.ts';
import { opcodes, write } from '../../src/object/index.ts';
import { codeFrom, stride } from '../../src/vm/code.ts';
import { type Case, execute, program } from './harness.ts';
import { rows, toCase } from './opcodes.ts';
import { programs } from './programs.ts';

export function check(c: Case, engine: Engine): void {
  const r = execute(c, engine);
  expect(r.why).toBe(c.why ?? '');
  for (const [place, value] of Object.entries(c.after ?? {}))
    expect([place, r.value(place)]).toEqual([place, value]);
}

export function engineSuite(name: string, make: () => Engine): void {
  describe(`${name}: opcodes`, () => {
    for (const row of rows) {
      const c = toCase(row);
      test(c.code, () => check(c, make()));
    }
  });

  describe(`${name}: programs`, () => {
    for (const [title, c] of Object.entries(programs)) test(title, () => check(c, make()));
  });

  test(`${name}: every instruction form has a row`, () => {
    const seen = new Set<number>();
    for (const c of [...rows.map(toCase), ...Object.values(programs)]) {
      const { words } = codeFrom(write(assemble(program(c))));
      for (let at = 0; at < words.length; at += stride) seen.add(words[at]! & 0xff);
    }
    expect([...forms].filter(([form, n]) => form !== '-' && !seen.has(n)).map(([form]) => form)).toEqual([]);
  });

  test(`${name}: every opcode has a row`, () => {
    const all = [
      ...rows.map((r) => `${r[0]};${r[3] ?? ''}`),
      ...Object.values(programs).map((c) => `${c.code};${c.more ?? ''}`),
    ].join(';');
    const missing = opcodes
      .filter((o) => !new RegExp(`(^|[;:\\s])${o.name}(\\s|;|$)`).test(all))
      .map((o) => o.name);
    expect(missing).toEqual([]);
  });
}
