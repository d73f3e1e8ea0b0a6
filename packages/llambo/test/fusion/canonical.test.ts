import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonical, jsonOf, numberOf, shortOf } from '../../src/fusion/canonical.ts';
import type { AnswerKind } from '../../src/fusion/index.ts';
import { kindOf, optionsIn } from '../../src/fusion/question.ts';

test.each([
  ['7', '7'],
  ['The answer is 1,234.50 dollars', '1234.5'],
  ['3 + 4 = 7', '7'],
  ['So the answer is 12. That took 3 steps.', '12'],
  ['#### -5', '-5'],
  ['\\boxed{42}', '42'],
  ['about 1/4 of it', '0.25'],
  ['−3', '-3'],
  ['.5', '0.5'],
  ['20-30', '30'],
  ['it is -7', '-7'],
  ['-0', '0'],
  ['none', undefined],
])('number of %j is %j', (text, number) => {
  expect(numberOf(text)).toBe(number);
});

const options = ['Paris', 'New York', 'York', 'A large city'];
test.each([
  ['B', 1],
  ['b.', 1],
  ['(C) York', 2],
  ['The answer is D', 3],
  ['Paris', 0],
  ['It must be New York, I think', 1],
  ['A large city', 3],
  ['Answer: York', 2],
  ['no idea', undefined],
])('choice of %j is %j', (text, option) => {
  expect(canonical(text, 'choice', options)?.option).toBe(option);
});

test('JSON values are equal whatever the order of members and the words around them', () => {
  const [a, b] = [
    '{"x": 1, "y": [2, {"b":1,"a":2}]}',
    'Sure:\n```json\n{"y":[2,{"a":2,"b":1}],"x":1.0}\n```',
  ];
  expect(canonical(a as string, 'json')?.key).toBe(canonical(b as string, 'json')?.key);
  expect(jsonOf('nothing here')).toBeUndefined();
});

test.each([
  ['The Eiffel Tower.', 'eiffel tower'],
  ['Answer: Eiffel  tower!\nBecause it is tall.', 'eiffel tower'],
  ['**Eiffel Tower**', 'eiffel tower'],
])('%j is %j', (text, short) => {
  expect(shortOf(text)).toBe(short);
});

test('nothing is an answer of no kind, and no text makes it fail', () => {
  const kinds: AnswerKind[] = ['choice', 'number', 'json', 'short', 'text'];
  for (const kind of kinds) expect(canonical('  ', kind, options)).toBeUndefined();
  for (const text of ['}', ']', '{}}', '[', '}{']) expect(canonical(text, 'json', options)?.key).not.toBe('');
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), fc.constantFrom(...kinds), (text, kind) => {
      const found = canonical(text, kind, options);
      if (found !== undefined) expect(found.key).not.toBe('');
    }),
  );
});

describe('what is asked for', () => {
  test.each([
    ['How many legs has a spider?', 'number'],
    ['What is 17 * 3?', 'number'],
    ['Who wrote Faust?', 'short'],
    ['Is it raining? Answer yes or no.', 'short'],
    ['Tell me about the sea.', 'text'],
  ])('%j wants a %s', (text, kind) => {
    expect(kindOf({}, text, [])).toBe(kind);
  });

  test('options listed in the question are found, and only such', () => {
    expect(optionsIn('Which?\nA) one\nB) two\n\nThink well.')).toEqual({
      question: 'Which?',
      options: ['one', 'two'],
    });
    expect(optionsIn('A. one thing')).toBeUndefined();
    expect(optionsIn('Which?\nA. one\nC. two')).toBeUndefined();
  });
});
