import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../helper.ts';

/** The TextMate grammar: its expressions also are ones of JavaScript, which is enough to try them here. */

interface Rule {
  readonly name?: string;
  readonly match?: string;
  readonly begin?: string;
  readonly end?: string;
  readonly patterns?: readonly Rule[];
}

const grammar = JSON.parse(
  readFileSync(join(root, 'packages/limbo/editors/vscode/syntaxes/limbo.tmLanguage.json'), 'utf8'),
) as { readonly repository: Readonly<Record<string, Rule>> };

function* rules(rule: Rule): Generator<Rule> {
  yield rule;
  for (const r of rule.patterns ?? []) yield* rules(r);
}

const all = Object.values(grammar.repository).flatMap((r) => [...rules(r)]);
const wholeWord = (word: string): string | undefined =>
  all.find((r) => r.match !== undefined && new RegExp(`^(?:${r.match})$`, 'u').test(word))?.name;

describe('grammar', () => {
  it('has expressions that are well formed', () => {
    for (const r of all) for (const e of [r.match, r.begin, r.end]) if (e !== undefined) new RegExp(e, 'u');
  });

  it('knows every keyword', () => {
    const words =
      'adt alt array big break byte case chan con continue cyclic do else exception exit fixed fn for hd if implement ' +
      'import include int len list load module nil of or pick raise raises real ref return self spawn string tagof tl to type while';
    for (const word of words.split(' '))
      expect(wholeWord(word), word).toMatch(/^(keyword|storage|support|constant)\./);
  });

  it.each([
    ['16r1F', 'constant.numeric.radix.limbo'],
    ['1.5e-3', 'constant.numeric.real.limbo'],
    ['.5', 'constant.numeric.real.limbo'],
    ['42', 'constant.numeric.integer.limbo'],
    ["'\\n'", 'constant.character.limbo'],
    ["'→'", 'constant.character.limbo'],
    ['# a comment', 'comment.line.number-sign.limbo'],
    ['<-=', 'keyword.operator.limbo'],
  ])('%s is %s', (text, name) => {
    expect(wholeWord(text)).toBe(name);
  });

  it.each([
    ['init(nil: ref Draw->Context, nil: list of string)', 'init'],
    ['Point.add(p: self ref Point, q: Point): Point', 'add'],
    ['Stack[T].push(s: self ref Stack[T], x: T)', 'push'],
    ['\tprint("x");', undefined],
  ])('function in %s', (line, name) => {
    const rule = new RegExp(grammar.repository['function']!.match!, 'u');
    expect(rule.exec(line)?.[2]).toBe(name);
  });
});
