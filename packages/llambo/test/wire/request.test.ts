import type { ChatMessage } from '@llambo/llama';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatRequest, parseRequest, refuseRouting, type WireRequest } from '../../src/wire/request.ts';

// Every string that UTF-8 can carry: pieces that matter to the syntax among all others.
const string = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "'",
        "''",
        ' ',
        '\n',
        '\n\n',
        '\r\n',
        '\t',
        '=',
        'op=',
        'raw=1',
        'é',
        '日本',
        '😀',
        '\0',
      ),
      fc.string({ unit: 'grapheme' }),
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(''));
const some = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const ids = fc.array(fc.nat(200_000), { maxLength: 5 });
const real = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const json = fc.jsonValue({ maxDepth: 3 });

const message: fc.Arbitrary<ChatMessage> = fc.oneof(
  fc.record({ role: fc.constantFrom('system', 'user', 'assistant', 'tool'), content: string }),
  fc.record({ role: string, content: string }),
  fc.record({ role: fc.constant('assistant'), content: string, name: string }),
  fc.record({ role: fc.constant('tool'), content: string, tool_call_id: string, extra: json }),
) as fc.Arbitrary<ChatMessage>;
const messages = fc.array(message, { minLength: 1, maxLength: 4 });

const common = {
  output: some(fc.constantFrom('text' as const, 'records' as const)),
  tenant: some(string),
  model: some(string),
  class: some(string),
  session: some(string),
  id: some(string),
};

const generate = fc.record({
  ...common,
  op: fc.constant('generate' as const),
  request: fc.record({
    prompt: some(string),
    messages: some(messages),
    tokens: some(ids),
    tools: some(fc.array(json, { maxLength: 2 })),
    resume: some(ids),
    maxTokens: some(fc.integer({ min: -5, max: 1e6 })),
    temperature: some(real(-1, 3)),
    topK: some(fc.nat()),
    topP: some(real(0, 1)),
    minP: some(real(0, 1)),
    repeatPenalty: some(real(0, 10)),
    frequencyPenalty: some(real(-2, 2)),
    presencePenalty: some(real(-1e300, 1e300)),
    penaltyLastN: some(fc.integer({ min: -1, max: 100 })),
    seed: some(fc.nat(0xffffffff)),
    logitBias: some(fc.dictionary(fc.nat(100_000).map(String), real(-100, 100), { maxKeys: 4 })),
    grammar: some(string),
    jsonSchema: some(json.filter((value) => value !== undefined)),
    stop: some(fc.array(string, { minLength: 1, maxLength: 4 })),
    ignoreEos: some(fc.boolean()),
    logprobs: some(fc.nat(20)),
    overflow: some(fc.constantFrom('error' as const, 'shift' as const)),
    cachePrompt: some(fc.boolean()),
  }),
});

const request: fc.Arbitrary<WireRequest> = fc.oneof(
  { arbitrary: generate, weight: 4 },
  fc.record({
    ...common,
    op: fc.constant('score' as const),
    request: fc.record({
      prompt: some(string),
      messages: some(messages),
      options: fc.array(string, { maxLength: 4 }),
    }),
  }),
  fc.record({ ...common, op: fc.constant('embed' as const), texts: fc.array(string, { maxLength: 3 }) }),
  fc.record({
    ...common,
    op: fc.constant('tokenize' as const),
    texts: fc.array(string, { maxLength: 3 }),
    special: some(fc.boolean()),
  }),
  fc.record({ ...common, op: fc.constant('detokenize' as const), tokens: ids }),
  fc.record({
    ...common,
    op: fc.constant('template' as const),
    messages,
    tools: some(fc.array(json, { maxLength: 2 })),
  }),
);

/** As JSON sees it: no undefined members, no -0. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('round trip', () => {
  test('what was formatted is what is parsed', () => {
    fc.assert(
      fc.property(request, (asked) => {
        expect(plain(parseRequest(formatRequest(asked)))).toEqual(plain(asked));
      }),
      { numRuns: 500 },
    );
  });

  test('any text is a request or a bad request, whatever it says', () => {
    const piece = fc.oneof(
      string,
      fc.constantFrom('op=score ', 'temperature=', 'logit_bias=', "'", '\n', 'message={}', 'tokens=1,'),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        try {
          parseRequest(pieces.join(''));
        } catch (error) {
          expect(error).toMatchObject({ name: 'LlamaError', code: 'bad-request' });
        }
      }),
      { numRuns: 500 },
    );
  });

  test('a prompt of 8 MiB, quotes and all', () => {
    const content = `it's ${"'' \n".repeat(1 << 21)}`;
    const asked: WireRequest = { op: 'generate', request: { messages: [{ role: 'user', content }] } };
    expect(parseRequest(formatRequest(asked))).toEqual(asked);
  });

  test.each<[string, string]>([
    ['one word', 'a'.repeat(8 << 20)],
    ['ids', `tokens=${'1,'.repeat(4 << 20)}1`],
    ['pieces in quotes', `user=${"a'b'".repeat(2 << 20)}`],
    ['lines', `\n${'\n'.repeat(8 << 20)}`],
    ['digits', `temperature=${'1'.repeat(8 << 20)}`],
    ['a bias', `logit_bias=${'1'.repeat(8 << 20)}:1`],
  ])('8 MiB of %s are no danger', (_name, text) => {
    try {
      parseRequest(text);
    } catch (error) {
      expect(error).toMatchObject({ code: 'bad-request' });
    }
  });
});

const user = (content: string) => ({ messages: [{ role: 'user', content }] });

describe('what people write', () => {
  test.each<[string, unknown]>([
    ['What is AI?', user('What is AI?')],
    ['What is AI?\n', user('What is AI?')],
    ['two\n\nlines\n\n', user('two\n\nlines\n')],
    ['x=1 is what?', user('x=1 is what?')],
    ['top_k =3', user('top_k =3')],
    ['\nseed=5 is a prompt here', user('seed=5 is a prompt here')],
    ['\r\nhi', user('hi')],
    ['seed=5\n\nhi\n', { seed: 5, ...user('hi') }],
    ['seed=5 top_k=3\ntemperature=.5\n \t\nhi', { seed: 5, topK: 3, temperature: 0.5, ...user('hi') }],
    ['seed=5\r\n\r\nhi\r\n', { seed: 5, ...user('hi') }],
    ['seed=5', { seed: 5 }],
    ['seed=5\n\n', { seed: 5 }],
    ['raw=1\n\nOnce upon\n', { prompt: 'Once upon\n' }],
    ['raw=1\n\n', { prompt: '' }],
    ['raw=0\n\nhi', user('hi')],
    ['tokens=1,2,3', { tokens: [1, 2, 3] }],
    ["user='it''s me' stop='' stop=a'b c'd", { ...user("it's me"), stop: ['', 'ab cd'] }],
    ['user=', user('')],
    ["logit_bias='12:-100 13:5'", { logitBias: { 12: -100, 13: 5 } }],
    ['cache=0 ignore_eos=1', { cachePrompt: false, ignoreEos: true }],
    [
      'system=S user=A assistant=B\n\nC',
      {
        messages: [
          { role: 'system', content: 'S' },
          { role: 'user', content: 'A' },
          { role: 'assistant', content: 'B' },
          { role: 'user', content: 'C' },
        ],
      },
    ],
    [
      'message=\'{"role":"assistant","content":"","tool_calls":[]}\'',
      { messages: [{ role: 'assistant', content: '', tool_calls: [] }] },
    ],
    ['', {}],
  ])('%j', (text, expected) => {
    expect(parseRequest(text)).toEqual({ op: 'generate', request: expected });
  });

  test.each<[string, unknown]>([
    ['op=embed\n\na text\n', { op: 'embed', texts: ['a text\n'] }],
    ['op=tokenize text=a special=1 text=b', { op: 'tokenize', texts: ['a', 'b'], special: true }],
    ['tokens=5 op=detokenize', { op: 'detokenize', tokens: [5] }],
    ['op=template\n\nhi', { op: 'template', ...user('hi') }],
    [
      "op=score option=A option=' B'\n\nWhich?",
      { op: 'score', request: { ...user('Which?'), options: ['A', ' B'] } },
    ],
    ['op=score raw=1\n\nIt is', { op: 'score', request: { prompt: 'It is', options: [] } }],
    ['output=records tenant=t op=template', { op: 'template', output: 'records', tenant: 't', messages: [] }],
    [
      'model=m class=c session=s id=i',
      { op: 'generate', model: 'm', class: 'c', session: 's', id: 'i', request: {} },
    ],
  ])('%j', (text, expected) => {
    expect(parseRequest(text)).toEqual(expected);
  });
});

test.each<[string, string]>([
  ['seed=5 hello', '"hello" is no attribute: expected name=value, or an empty line before the prompt'],
  ['seed=5 =3', '"=3" is no attribute: expected name=value, or an empty line before the prompt'],
  ['seed=5 Seed=3', '"Seed=3" is no attribute: expected name=value, or an empty line before the prompt'],
  ['seed=5 temprature=1', 'unknown attribute "temprature"'],
  ["stop='a", 'stop: quote is not closed'],
  ["stop='a''", 'stop: quote is not closed'],
  ['seed=5 seed=6', 'seed: given twice'],
  ['op=dance', 'op: expected generate, score, embed, tokenize, detokenize or template, got "dance"'],
  ['output=json', 'output: expected text or records, got "json"'],
  ['overflow=drop', 'overflow: expected error or shift, got "drop"'],
  ['temperature=hot', 'temperature: expected a number, got "hot"'],
  ['temperature=', 'temperature: expected a number, got ""'],
  ['temperature=1e', 'temperature: expected a number, got "1e"'],
  ['temperature=Infinity', 'temperature: expected a number, got "Infinity"'],
  ['top_k=1.5', 'top_k: expected an integer, got "1.5"'],
  ['max_tokens=0x10', 'max_tokens: expected an integer, got "0x10"'],
  ['cache=yes', 'cache: expected 0 or 1, got "yes"'],
  ['tokens=1,,2', 'tokens: expected token ids as 1,2,3, got "1,,2"'],
  ['resume=-1', 'resume: expected token ids as 1,2,3, got "-1"'],
  ['logit_bias=12', 'logit_bias: expected pairs as \'12:-100 13:5\', got "12"'],
  ['logit_bias=x:1', 'logit_bias: expected pairs as \'12:-100 13:5\', got "x:1"'],
  ['logit_bias=1:x', 'logit_bias: expected a number, got "x"'],
  ['schema={', 'schema: expected JSON, got "{"'],
  ['tools={}', 'tools: expected a JSON array, got "{}"'],
  ['message=[]', 'message: expected a JSON object with a role, got "[]"'],
  ['message=null', 'message: expected a JSON object with a role, got "null"'],
  ['raw=1', 'raw: expected a prompt after an empty line'],
  ['stop=a op=embed', 'stop: only for op=generate'],
  ['text=a', 'text: only for op=embed, op=tokenize'],
  ['op=score tokens=1', 'tokens: only for op=generate, op=detokenize'],
  ['op=detokenize\n\nhi', 'op=detokenize takes tokens=, not a text'],
  [`seed=${'9'.repeat(60)}`, `seed: expected an integer, got "${'9'.repeat(37)}..."`],
])('refused: %j', (text, message) => {
  expect(() => parseRequest(text)).toThrow(expect.objectContaining({ code: 'bad-request', message }));
});

test('what chooses a node is refused where there is none to choose', () => {
  refuseRouting(parseRequest('seed=5 tenant=x\n\nhi'));
  for (const name of ['model', 'class', 'session', 'id']) {
    expect(() => refuseRouting(parseRequest(`${name}=x`))).toThrow(
      `${name}: only the cluster's own data file takes it, not that of one node`,
    );
  }
});
