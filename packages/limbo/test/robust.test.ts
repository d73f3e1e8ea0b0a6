import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { render } from '../src/index.ts';
import { compileText, programs } from './helper.ts';

/* Whatever a source contains, the answer is an object file or messages: never a crash, a hang or silence. */

const sources = readdirSync(programs)
  .filter((f) => f.endsWith('.b'))
  .map((f) => readFileSync(join(programs, f), 'utf8'));
const tokens = sources.map(
  (s) => s.match(/[A-Za-z_][A-Za-z0-9_]*|\d+|"(?:\\.|[^"\\\n])*"|#[^\n]*|\s+|<-=|:=|->|=>|./gs) ?? [],
);
const words =
  'int string real big byte nil 1 0 "x" x ( ) [ ] { } ; , : := = + - * / <- <-= -> . ref list of array chan fn adt module pick case alt if else for while do return spawn raise exception con type import load hd tl len tagof self cyclic => or to :: && ! break continue exit iota fixed'.split(
    ' ',
  );

function check(text: string): void {
  const result = compileText(text, { assembler: true, symbols: true, warnings: 2 });
  for (const d of result.diagnostics) {
    expect(d.message).not.toContain('defect');
    expect(d.line).toBeGreaterThan(0);
    expect(render(d)).toContain(d.message);
  }
  expect(result.dis !== undefined || result.diagnostics.some((d) => d.severity === 'error')).toBe(true);
}

const edit = fc.record({
  at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  from: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  word: fc.constantFrom(...words),
  kind: fc.constantFrom('delete', 'copy', 'replace', 'word', 'insert', 'name'),
});

describe('any source', () => {
  it('mutated programs', () => {
    fc.assert(
      fc.property(
        fc.nat(sources.length - 1),
        fc.array(edit, { minLength: 1, maxLength: 4 }),
        (which, edits) => {
          const t = tokens[which]!.slice();
          for (const e of edits) {
            const at = Math.floor(e.at * t.length);
            const other = t[Math.floor(e.from * t.length)] ?? '';
            if (e.kind === 'delete') t.splice(at, 1);
            else if (e.kind === 'copy') t.splice(at, 0, other);
            else if (e.kind === 'replace') t[at] = other;
            else if (e.kind === 'word') t[at] = e.word;
            else if (e.kind === 'insert') t.splice(at, 0, e.word);
            else if (/^[a-z]/.test(t[at] ?? '') && /^[a-z]/.test(other)) t[at] = other;
          }
          check(t.join(''));
        },
      ),
      { numRuns: 400 },
    );
  });

  it('words in any order', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...words), { maxLength: 60 }), (list) => {
        check(`implement T; T: module { f: fn(); };\nf() { ${list.join(' ')} }`);
        check(`implement T; T: module { f: fn(); };\n${list.join(' ')}`);
      }),
      { numRuns: 300 },
    );
  });

  it('any characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        check(text);
        check(`implement T; T: module { f: fn(); };\nf() { x := ${text}; }`);
      }),
      { numRuns: 300 },
    );
  });

  it('deep nesting', () => {
    const program = (body: string): string =>
      `implement T; T: module { f: fn(i: int): int; };\nf(i: int): int { ${body} }`;
    check(program(`return ${'('.repeat(5000)}i${')'.repeat(5000)};`));
    check(program(`return ${'-'.repeat(100_000)}i;`));
    check(program(`return i${'+i'.repeat(20_000)};`));
    check(program(`${'{'.repeat(5000)}${'}'.repeat(5000)} return 1;`));
    check(program(`x: ${'list of '.repeat(5000)}int; return 1;`));
    check(program(`l := ${'1 :: '.repeat(5000)}nil; return len l;`));
  });
});
