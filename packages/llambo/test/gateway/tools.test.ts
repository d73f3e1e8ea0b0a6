/** Function calls: what models write, what clients read. */

import { schemaToGrammar } from '@llambo/llama';
import fc from 'fast-check';
import type OpenAI from 'openai';
import { afterEach, describe, expect, test } from 'vitest';
import { callGrammar } from '../../src/gateway/tools/grammar.ts';
import { ToolCallParser } from '../../src/gateway/tools/parser.ts';
import { type Script, scripted } from './script.ts';
import { type Served, serve } from './support.ts';

const weather = (city: string) => ({ name: 'weather', arguments: JSON.stringify({ city }) });

/** Pieces of a text that comes in parts of `size` characters. */
function parse(text: string, size = 1) {
  const parser = new ToolCallParser(['weather', 'time']);
  const pieces = [];
  for (let at = 0; at < text.length; at += size) pieces.push(...parser.push(text.slice(at, at + size)));
  pieces.push(...parser.end());
  return {
    text: pieces.map((piece) => piece.text ?? '').join(''),
    calls: pieces.flatMap(({ call }) => (call === undefined ? [] : [call])),
  };
}

describe('what models write', () => {
  test.each([
    ['text', 'It is sunny.', 'It is sunny.', []],
    [
      'Qwen',
      '<tool_call>\n{"name": "weather", "arguments": {"city":"Rome"}}\n</tool_call>',
      '',
      [weather('Rome')],
    ],
    [
      'two calls with text before',
      'Let me see.\n<tool_call>{"name":"weather","arguments":{"city":"A"}}</tool_call>\n<tool_call>{"name":"time"}</tool_call>',
      'Let me see.\n\n',
      [weather('A'), { name: 'time', arguments: '{}' }],
    ],
    ['no end mark', '<tool_call>\n{"name": "weather", "arguments": {"city":"Rome"}}', '', [weather('Rome')]],
    [
      'Mistral',
      '[TOOL_CALLS][{"name":"weather","arguments":{"city":"B"}},{"name":"time","arguments":{}}]',
      '',
      [weather('B'), { name: 'time', arguments: '{}' }],
    ],
    ['Llama 3', '{"name": "weather", "parameters": {"city":"C"}}', '', [weather('C')]],
    [
      'Llama 3, by its wrapper',
      '{"type":"function","function":{"name":"weather","parameters":{"city":"C"}}}',
      '',
      [weather('C')],
    ],
    ['python tag', '<|python_tag|>{"name": "weather", "parameters": {"city":"C"}}', '', [weather('C')]],
    ['function tag', '<function=weather>{"city":"D"}</function>', '', [weather('D')]],
    [
      'arguments as text',
      '<tool_call>{"name":"weather","arguments":"{\\"city\\":\\"E\\"}"}</tool_call>',
      '',
      [weather('E')],
    ],
    [
      'a function that was not offered',
      '<tool_call>{"name":"rm"}</tool_call>',
      '<tool_call>{"name":"rm"}</tool_call>',
      [],
    ],
    ['broken JSON', '<tool_call>{"name":</tool_call> oh', '<tool_call>{"name":</tool_call> oh', []],
    ['JSON that is no call', '{"name": "Bob", "age": 7}', '{"name": "Bob", "age": 7}', []],
    ['less than', 'a <b and 1 < 2 <tool', 'a <b and 1 < 2 <tool', []],
  ])('%s', (_name, written, text, calls) => {
    for (const size of [1, 3, 1000]) expect(parse(written, size)).toEqual({ text, calls });
  });

  test('no text is lost or made up, however it is cut', () => {
    const words = fc.constantFrom(
      '<tool_call>',
      '</tool_call>',
      '{"name":',
      '"x"}',
      '[TOOL_CALLS]',
      '<function=',
      'a',
      ' ',
      '<',
      '{',
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 12 }), fc.integer({ min: 1, max: 7 }), (parts, size) => {
        const written = parts.join('');
        expect(parse(written, size)).toEqual({ text: written, calls: [] });
      }),
    );
  });
});

test('a grammar of calls keeps references within a function where they were', () => {
  const parameters = {
    type: 'object',
    properties: { at: { $ref: '#/$defs/place' } },
    $defs: { place: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } },
  };
  const grammar = callGrammar([{ name: 'weather', parameters }], false);
  expect(grammar).toMatch(/^root ::= "<tool_call>\\n" toolcall "\\n"\? "<\/tool_call>"$/m);
  expect(grammar).toContain('city');
  expect(() => schemaToGrammar(parameters)).not.toThrow();
});

describe('the official client', () => {
  let served: Served | undefined;
  afterEach(() => served?.gateway.close());
  const tools: OpenAI.ChatCompletionTool[] = [
    {
      type: 'function',
      function: {
        name: 'weather',
        description: 'of a city',
        parameters: { type: 'object', properties: { city: { type: 'string' } } },
      },
    },
  ];
  const messages = [{ role: 'user' as const, content: 'Weather in Rome?' }];
  const CALL = '<tool_call>\n{"name": "weather", "arguments": {"city": "Rome"}}\n</tool_call>';

  async function start(script: Script) {
    const { cluster, requests } = scripted(script);
    served = await serve(cluster);
    return { client: served.client, requests };
  }

  test('gets a call', async () => {
    const { client, requests } = await start({ answer: () => CALL });
    const answer = await client.chat.completions.create({ model: 'm', messages, tools });
    const [choice] = answer.choices;
    expect(choice?.finish_reason).toBe('tool_calls');
    expect(choice?.message.content).toBeNull();
    expect(choice?.message.tool_calls).toMatchObject(
      [{ type: 'function', id: /^call_/, function: { name: 'weather', arguments: '{"city":"Rome"}' } }].map(
        (call) => ({ ...call, id: expect.stringMatching(/^call_/) }),
      ),
    );
    expect(requests[0]?.messages?.[0]?.content).toContain('"name":"weather"');
  });

  test('gets a call in a stream', async () => {
    const { client } = await start({ answer: () => `One moment. ${CALL}` });
    const stream = client.chat.completions.stream({ model: 'm', messages, tools });
    const answer = await stream.finalChatCompletion();
    expect(answer.choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: {
        content: 'One moment. ',
        tool_calls: [{ function: { name: 'weather', arguments: '{"city":"Rome"}' } }],
      },
    });
  });

  test('runs a function and gets the answer that it leads to', async () => {
    const { client, requests } = await start({
      answer: ({ messages: asked }) =>
        asked?.some(({ content }) => content.includes('sunny')) ? 'It is sunny.' : CALL,
    });
    const runner = client.chat.completions.runTools({
      model: 'm',
      messages,
      tools: [
        {
          type: 'function',
          function: {
            name: 'weather',
            description: 'of a city',
            parameters: { type: 'object', properties: { city: { type: 'string' } } },
            parse: JSON.parse,
            function: ({ city }: { city: string }) => `sunny in ${city}`,
          },
        },
      ],
    });
    expect(await runner.finalContent()).toBe('It is sunny.');
    const last = requests.at(-1)?.messages;
    expect(last?.at(-1)).toEqual({
      role: 'user',
      content: '<tool_response>\nsunny in Rome\n</tool_response>',
    });
    expect(last?.at(-2)?.content).toContain('<tool_call>');
  });

  test('with a template that knows tools, nothing is spelled out', async () => {
    const { client, requests } = await start({ answer: () => CALL, knowsTools: true });
    await client.chat.completions.create({ model: 'm', messages, tools });
    expect(requests[0]).toMatchObject({ messages, tools: [{ function: { name: 'weather' } }] });
  });

  test.each<[string, OpenAI.ChatCompletionToolChoiceOption, boolean]>([
    ['required', 'required', true],
    ['a function by name', { type: 'function', function: { name: 'weather' } }, true],
    ['none', 'none', false],
    ['auto', 'auto', false],
  ])('tool_choice %s', async (_name, tool_choice, grammar) => {
    const { client, requests } = await start({ answer: () => CALL });
    const answer = await client.chat.completions.create({ model: 'm', messages, tools, tool_choice });
    expect(requests[0]?.grammar !== undefined).toBe(grammar);
    expect(answer.choices[0]?.finish_reason).toBe(tool_choice === 'none' ? 'stop' : 'tool_calls');
  });

  test('a function that is demanded but not there', async () => {
    const { client } = await start({});
    const tool_choice = { type: 'function' as const, function: { name: 'nothing' } };
    await expect(
      client.chat.completions.create({ model: 'm', messages, tools, tool_choice }),
    ).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining('nothing'),
    });
  });
});
