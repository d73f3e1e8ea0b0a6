import { randomUUID } from 'node:crypto';
import type { Chunk } from '@llambo/llama';
import { ToolCallParser } from '../tools/parser.ts';
import type { ToolCall } from '../tools/tools.ts';
import type { ChoiceWriter, Shape } from './answer.ts';
import { chatLogprobs } from './shapes.ts';

export const callId = (): string => `call_${randomUUID().replaceAll('-', '').slice(0, 24)}`;

const functionCall = ({ name, arguments: given }: ToolCall): Record<string, unknown> => ({
  id: callId(),
  type: 'function',
  function: { name, arguments: given },
});

/** Chat completions; `names` are the functions that an answer may call. */
export function chatShape(names: readonly string[]): Shape {
  return {
    object: 'chat.completion',
    chunkObject: 'chat.completion.chunk',
    choice(index, { text, logprobs, reason }) {
      const { content, calls } = split(names, text);
      return {
        index,
        message: {
          role: 'assistant',
          content: calls.length > 0 && content.trim() === '' ? null : content,
          refusal: null,
          ...(calls.length > 0 ? { tool_calls: calls.map(functionCall) } : {}),
        },
        logprobs: chatLogprobs(logprobs),
        finish_reason: calls.length > 0 ? 'tool_calls' : reason,
      };
    },
    writer: (index) => (names.length === 0 ? textWriter(index) : callWriter(index, names)),
  };
}

/** The text and the calls of a whole answer. */
export function split(names: readonly string[], text: string): { content: string; calls: ToolCall[] } {
  if (names.length === 0) return { content: text, calls: [] };
  const parser = new ToolCallParser(names);
  const pieces = [...parser.push(text), ...parser.end()];
  return {
    content: pieces.map((piece) => piece.text ?? '').join(''),
    calls: pieces.flatMap(({ call }) => (call === undefined ? [] : [call])),
  };
}

const opening = (index: number): Record<string, unknown> => ({
  index,
  delta: { role: 'assistant', content: '' },
  finish_reason: null,
});

function contentDelta(index: number, content: string, logprobs: Chunk['logprobs']): Record<string, unknown> {
  return logprobs === undefined
    ? { index, delta: { content }, finish_reason: null }
    : { index, delta: { content }, logprobs: chatLogprobs(logprobs), finish_reason: null };
}

function textWriter(index: number): ChoiceWriter {
  return {
    opening: () => [opening(index)],
    delta: ({ text, logprobs }) =>
      text === '' && logprobs === undefined ? [] : [contentDelta(index, text, logprobs)],
    closing: (reason) => [{ index, delta: {}, finish_reason: reason }],
  };
}

function callWriter(index: number, names: readonly string[]): ChoiceWriter {
  const parser = new ToolCallParser(names);
  let calls = 0;
  const events = (pieces: ReturnType<ToolCallParser['push']>): Record<string, unknown>[] =>
    pieces.flatMap(({ text, call }) => {
      if (call === undefined) return [contentDelta(index, text as string, undefined)];
      const delta = { tool_calls: [{ index: calls++, ...functionCall(call) }] };
      return [{ index, delta, finish_reason: null }];
    });
  return {
    opening: () => [opening(index)],
    delta({ text, logprobs }) {
      const written = events(parser.push(text));
      // Log-probabilities belong to tokens, which the parser does not know: they leave when they come.
      return logprobs === undefined ? written : [...written, contentDelta(index, '', logprobs)];
    },
    closing(reason) {
      const written = events(parser.end());
      return [...written, { index, delta: {}, finish_reason: calls > 0 ? 'tool_calls' : reason }];
    },
  };
}
