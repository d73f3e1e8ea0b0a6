import { appendFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EchoEngine } from '@llambo/llama';
import { describe, expect, test } from 'vitest';
import { judged } from '../../src/eval/answers.ts';
import { bigbenchItems, loadSet, parseItems } from '../../src/eval/datasets.ts';
import { choiceItem, split } from '../../src/eval/item.ts';
import { AnswerStore } from '../../src/eval/store.ts';

const folder = (): string => mkdtempSync(join(tmpdir(), 'llambo-eval-'));

describe('items', () => {
  test('of the shapes that public sets use', () => {
    const lines = [
      { id: 'a', ctx: 'He sat', endings: ['down.', 'fish.'], expected_index: 0 },
      { question: 'Where?', choices: ['here', 'there'], answer: 'there' },
      { prompt: 'How many?', expected: '18' },
      { question: 'Who?', answer: 'Ada Lovelace' },
    ];
    const items = parseItems(lines.map((line) => JSON.stringify(line)).join('\n'), 'mine');
    expect(items.map(({ kind }) => kind)).toEqual(['choice', 'choice', 'numeric', 'exact']);
    expect(items[0]?.options?.[items[0].answer as number]).toBe('down.');
    expect(items[1]?.options?.[items[1].answer as number]).toBe('there');
  });

  test.each([
    ['nonsense', 'line 1 of question set s is no JSON'],
    ['{"answer": 1}', 's-0 has no question'],
    ['{"question": "q", "options": ["a"], "answer": 3}', 's-0: answer is none of the options'],
  ])('%s is refused', (text, message) => {
    expect(() => parseItems(text, 's')).toThrow(message);
  });

  test('of BIG-bench: the scored option is right, tasks without scores give none', () => {
    const json = JSON.stringify({
      examples: [
        { input: 'q', target_scores: { no: 0, yes: 1 } },
        { input: 'q', target: 'x' },
      ],
    });
    const items = bigbenchItems(json, 'task');
    expect(items).toHaveLength(1);
    expect(items[0]?.options?.[items[0].answer as number]).toBe('yes');
  });

  test('options are shuffled by the item alone, so that the first place says nothing', () => {
    const places = Array.from(
      { length: 200 },
      (_, at) => choiceItem(`q${at}`, 'q', ['a', 'b', 'c', 'd'], 0).answer as number,
    );
    for (const place of [0, 1, 2, 3])
      expect(places.filter((one) => one === place).length).toBeGreaterThan(25);
    expect(choiceItem('x', 'q', ['a', 'b', 'c'], 0)).toEqual(choiceItem('x', 'q', ['a', 'b', 'c'], 0));
  });

  test('a long list of options keeps the right one', () => {
    const options = Array.from({ length: 40 }, (_, at) => `option ${at}`);
    const item = choiceItem('x', 'q', options, 33);
    expect(item.options).toHaveLength(10);
    expect(item.options?.[item.answer as number]).toBe('option 33');
  });

  test('a fifth is for tuning', () => {
    const { tuning, rest } = split([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect([tuning, rest]).toEqual([
      [1, 2],
      [3, 4, 5, 6, 7, 8, 9, 10],
    ]);
  });

  test("of a file of one's own, and of no set at all", async () => {
    const path = join(folder(), 'mine.jsonl');
    writeFileSync(path, '{"question":"1+1?","answer":2}\n');
    expect(await loadSet(path)).toMatchObject({ name: 'mine', items: [{ kind: 'numeric', answer: '2' }] });
    await expect(loadSet('nothing')).rejects.toThrow('question set nothing is unknown');
  });
});

describe('the store', () => {
  test('asks once, and goes on behind a line that was cut off', async () => {
    const path = folder();
    const engine = new EchoEngine();
    const call = { prompt: 'Question: a\nAnswer:', options: [' b', ' c'] };
    const scores = await new AnswerStore(path, 'm').score(engine, call);
    appendFileSync(join(path, 'm.jsonl'), '{"key":"half');
    const again = new AnswerStore(path, 'm');
    expect(again.size).toBe(1);
    expect(again.scores(call)?.map(({ tokens, bytes }) => [tokens, bytes])).toEqual(
      scores.map(({ tokens, bytes }) => [tokens, bytes]),
    );
    await again.score(engine, call);
    expect(readFileSync(join(path, 'm.jsonl'), 'utf8').split('\n')).toHaveLength(2);
    expect(again.scores({ ...call, prompt: 'other' })).toBeUndefined();
    await engine.close();
  });
});

test.each([
  ['The answer is 1,000.', 'numeric', '1000', true],
  ['1001', 'numeric', '1000', false],
  ['Ada Lovelace.', 'exact', 'ada lovelace', true],
  ['', 'exact', 'x', false],
] as const)('%j as %s for %j: %j', (text, kind, answer, right) => {
  expect(judged(text, { id: '', question: '', kind, answer })).toBe(right);
});
