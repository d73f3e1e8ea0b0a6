import type { Chunk, Finish } from '@llambo/llama';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  AnswerReader,
  END_DONE,
  formatChunk,
  formatFinish,
  formatScore,
  formatTokens,
  formatVector,
} from '../../src/wire/answer.ts';

/** All that a reader makes of `pieces`. */
function read(...pieces: Uint8Array[]): unknown[] {
  const got: unknown[] = [];
  const reader = new AnswerReader({
    chunk: (chunk) => got.push({ chunk }),
    score: (score) => got.push({ score }),
    vector: (vector) => got.push({ vector: [...vector] }),
    tokens: (tokens) => got.push({ tokens }),
    end: (end) => got.push({ end }),
  });
  for (const piece of pieces) reader.push(piece);
  return got;
}

const usage = {
  promptTokens: 12,
  cachedTokens: 3,
  completionTokens: 45,
  queueMs: 0.125,
  promptMs: 1234.5,
  generateMs: 6e5,
};

const chunks: Chunk[] = [
  { text: 'Hello', tokens: [12] },
  { text: '', tokens: [9, 1, 200_000] },
  { text: '日本 😀\n\nend stop', tokens: [] },
  {
    text: ' a b',
    tokens: [1, 2],
    logprobs: [
      { token: 1, text: ' a', logprob: -0.5, top: [{ token: 7, text: '\n', logprob: -1e-7 }] },
      {
        token: 2,
        text: '�',
        logprob: Number.NEGATIVE_INFINITY,
        top: [
          { token: 2, text: '', logprob: 0 },
          { token: 3, text: "it's", logprob: -30.123456789 },
        ],
      },
    ],
  },
  { text: '.', tokens: [3], logprobs: [{ token: 3, text: '.', logprob: -1, top: [] }] },
];
const finish: Finish = { reason: 'stop', stopString: "\n'end' of\n it", usage };

const everything = [
  ...chunks.map(formatChunk),
  formatScore({ logprob: -12.25, tokens: 3, bytes: 17 }),
  formatVector(Float32Array.of(0.1, -1 / 3, 0, 1e-30)),
  formatVector(new Float32Array(0)),
  formatTokens([5, 6, 7]),
  formatTokens([]),
  formatFinish(finish),
].join('');
const expected = [
  ...chunks.map((chunk) => ({ chunk })),
  { score: { logprob: -12.25, tokens: 3, bytes: 17 } },
  { vector: [...Float32Array.of(0.1, -1 / 3, 0, 1e-30)] },
  { vector: [] },
  { tokens: [5, 6, 7] },
  { tokens: [] },
  { end: finish },
];

describe('records', () => {
  test('look as the manual says', () => {
    expect(everything).toMatchInlineSnapshot(`
      "text 5 12
      Hello
      text 0 9,1,200000

      text 21 -
      日本 😀

      end stop
      logprob 2 1 -0.5 1
       a
      top 1 7 -1e-7


      logprob 3 2 -Infinity 2
      �
      top 0 2 0

      top 4 3 -30.123456789
      it's
      text 4 1,2
       a b
      logprob 1 3 -1 0
      .
      text 1 3
      .
      score -12.25 3 17
      vector 0.100000001 -0.333333343 0 1e-30
      vector
      tokens 5,6,7
      tokens -
      end stop prompt=12 cached=3 completion=45 queue_ms=0.125 prompt_ms=1234.500 generate_ms=600000.000 stop='
      ''end'' of
       it'
      "
    `);
  });

  test('are the same wherever they are split', () => {
    const bytes = Buffer.from(everything);
    expect(read(bytes)).toEqual(expected);
    for (let i = 0; i <= bytes.length; i++)
      expect(read(bytes.subarray(0, i), bytes.subarray(i)), `at ${i}`).toEqual(expected);
    expect(read(...Array.from(bytes, (_, i) => bytes.subarray(i, i + 1)))).toEqual(expected);
  });

  test('any pieces, any texts', () => {
    const text = fc.string({ unit: 'grapheme' });
    const ids = fc.array(fc.nat(300_000), { maxLength: 4 });
    const logprob = fc.record({
      token: fc.nat(300_000),
      text,
      logprob: fc.double({ noNaN: true, max: 0 }),
      top: fc.array(fc.record({ token: fc.nat(), text, logprob: fc.double({ noNaN: true, max: 0 }) }), {
        maxLength: 3,
      }),
    });
    const chunk = fc.oneof(
      fc.record({ text, tokens: ids }),
      fc.record({ text, tokens: ids, logprobs: fc.array(logprob, { minLength: 1, maxLength: 2 }) }),
    );
    fc.assert(
      fc.property(fc.array(chunk, { maxLength: 6 }), fc.array(fc.nat(), { maxLength: 6 }), (made, cuts) => {
        const bytes = Buffer.from(made.map(formatChunk).join('') + END_DONE);
        const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
        const pieces = at.slice(1).map((end, i) => bytes.subarray(at[i], end));
        const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
        expect(plain(read(...pieces))).toEqual(plain([...made.map((c) => ({ chunk: c })), {}]));
      }),
      { numRuns: 300 },
    );
  });

  test('a text of megabytes in small pieces', () => {
    const text = 'é'.repeat(1 << 21);
    const bytes = Buffer.from(formatChunk({ text, tokens: [1] }) + END_DONE);
    const pieces = [];
    for (let at = 0; at < bytes.length; at += 4096) pieces.push(bytes.subarray(at, at + 4096));
    const [first] = read(...pieces) as [{ chunk: Chunk }];
    expect(first.chunk.text === text).toBe(true);
  });

  test('all 32-bit floats survive', () => {
    fc.assert(
      fc.property(fc.float32Array({ noNaN: true, noDefaultInfinity: true }), (vector) => {
        const [got] = read(Buffer.from(formatVector(vector))) as [{ vector: number[] }];
        expect(got.vector).toEqual([...vector].map((value) => value + 0)); // -0 is written as 0
      }),
    );
  });
});

test.each<[string, string]>([
  ['hello\n', '"hello"'],
  ['text\n', '"text"'],
  ['text 3\nabc\n', '"text 3"'],
  ['text x 1\n', 'a number with other characters in it'],
  ['text 1 \na\n', 'text without ids'],
  ['text 1 1;2\na\n', 'a number with other characters in it'],
  ['text 1 1\nab\n', 'text is longer than it says'],
  ['text 99999999999 1\n', '"text 99999999999 1"'],
  ['logprob 1 2 3\na\n', '"1 2 3"'],
  ['logprob 1 2 x 0\na\n', '"x" is no number'],
  ['top 1 2 -1\na\n', 'an alternative too many'],
  ['logprob 1 2 -1 1\na\ntext 1 2\na\n', 'alternatives are missing'],
  ['score 1 2\n', '"score 1 2"'],
  ['score 1 x 3\n', '"x" is no count'],
  ['vector 1 two\n', '"two" is no number'],
  ['tokens 1,x\n', '"x" is no count'],
  ['end maybe\n', '"end maybe"'],
  ['end stop prompt=1\n', '"" is no count'],
  ['end done\ntext 1 1\na\n', 'bytes after the end'],
])('refused: %j', (text, what) => {
  expect(() => read(Buffer.from(text))).toThrow(
    expect.objectContaining({
      code: 'engine-gone',
      message: `engine is gone: its answer makes no sense: ${what}`,
    }),
  );
});

test('any bytes are records or an error', () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 20 }),
    fc
      .constantFrom('text ', 'logprob ', 'top ', 'end ', '1 ', '-', '\n', 'stop', "'", 'vector ')
      .map((text) => Buffer.from(text)),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      try {
        read(...pieces);
      } catch (error) {
        expect(error).toMatchObject({ code: expect.stringMatching(/^(engine-gone|bad-request)$/) });
      }
    }),
    { numRuns: 1000 },
  );
});
