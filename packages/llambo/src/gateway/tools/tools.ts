import type { ChatMessage } from '@llambo/llama';

/** A function that the model may call, whatever API offered it. */
export interface Tool {
  readonly name: string;
  readonly description?: string | undefined;
  /** JSON Schema of the arguments object. */
  readonly parameters?: unknown;
}

/** `auto`: as the model likes; `required`: at least one call; a name: that function. */
export type ToolChoice = 'auto' | 'none' | 'required' | { readonly name: string };

export interface ToolCall {
  readonly name: string;
  /** JSON text of an object. */
  readonly arguments: string;
}

/** A tool as OpenAI's chat API writes it, which is what models' templates expect. */
export const openaiTool = ({ name, description, parameters }: Tool): Record<string, unknown> => ({
  type: 'function',
  function: {
    name,
    ...(description === undefined ? {} : { description }),
    parameters: parameters ?? { type: 'object', properties: {} },
  },
});

/** Members of a message that hold calls, as OpenAI's chat API writes them. */
interface CallingMessage extends ChatMessage {
  readonly tool_calls?: readonly {
    readonly function?: { readonly name?: unknown; readonly arguments?: unknown };
  }[];
}

/** Arguments as an object, which templates write out themselves; what is no JSON object stays as it was. */
export function objectOf(value: unknown): unknown {
  if (typeof value !== 'string') return value ?? {};
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** For a template that knows tools: the calls of earlier answers with their arguments as objects. */
export function withObjectArguments(message: ChatMessage): ChatMessage {
  const { tool_calls: calls } = message as CallingMessage;
  if (!Array.isArray(calls) || calls.length === 0) return message;
  const converted = calls.map((call) => ({
    ...call,
    function: { ...call?.function, arguments: objectOf(call?.function?.arguments) },
  }));
  return { ...message, tool_calls: converted };
}

/** For a template that knows no tools: everything about them as text, in the manner of Hermes and Qwen. */
export function spelledOut(messages: readonly ChatMessage[], tools: readonly Tool[]): ChatMessage[] {
  const plain = messages.map(plainMessage);
  if (tools.length === 0) return plain;
  const offer = [
    'You can call functions to help with the request. These are their signatures:',
    `<tools>\n${tools.map((tool) => JSON.stringify(openaiTool(tool))).join('\n')}\n</tools>`,
    'To call one, answer with its name and arguments as JSON between tags:',
    '<tool_call>\n{"name": "function name", "arguments": {}}\n</tool_call>',
  ].join('\n');
  const [first, ...rest] = plain;
  return first?.role === 'system'
    ? [{ ...first, content: `${first.content}\n\n${offer}` }, ...rest]
    : [{ role: 'system', content: offer }, ...plain];
}

function plainMessage(message: ChatMessage): ChatMessage {
  const { role, content, tool_calls: calls } = message as CallingMessage;
  if (role === 'tool' || role === 'function') {
    return { role: 'user', content: `<tool_response>\n${content}\n</tool_response>` };
  }
  if (!Array.isArray(calls) || calls.length === 0) return { role, content };
  const written = calls.map((call) => {
    const { name, arguments: given } = call?.function ?? {};
    return `<tool_call>\n${JSON.stringify({ name, arguments: objectOf(given) })}\n</tool_call>`;
  });
  return { role, content: [content, ...written].filter((text) => text !== '').join('\n') };
}
