/** Requests as text: what is written to any `data` file, llambo-request(7). */
import type { ChatMessage, GenerateRequest, ScoreRequest } from '@llambo/llama';
import { ATTRIBUTES, MEMBERS, type Operation, ROLES, ROUTING } from './attributes.ts';
import { badRequest } from './errors.ts';
import { AttributeReader, quote, shown } from './words.ts';

/** Bytes of a request at most. */
export const MOST_REQUEST_BYTES: number = 8 * 1024 * 1024;

/** `text`: the answer and nothing else. `records`: everything that is known about it, answer.ts. */
export type Output = 'text' | 'records';

/** What every request may say. */
export interface WireCommon {
  /** `text` when left out. */
  readonly output?: Output;
  /** Whose prompts may share cached prefixes with this one. */
  readonly tenant?: string;
  /** These four choose a node; only the cluster's own data files take them. */
  readonly model?: string;
  readonly class?: string;
  readonly session?: string;
  readonly id?: string;
}

export interface WireGenerate extends WireCommon {
  readonly op: 'generate';
  readonly request: Omit<GenerateRequest, 'caller'>;
}

export interface WireScore extends WireCommon {
  readonly op: 'score';
  readonly request: Omit<ScoreRequest, 'caller'>;
}

export interface WireEmbed extends WireCommon {
  readonly op: 'embed';
  readonly texts: readonly string[];
}

export interface WireTokenize extends WireCommon {
  readonly op: 'tokenize';
  readonly texts: readonly string[];
  /** Names of special tokens in the text stand for these. */
  readonly special?: boolean;
}

export interface WireDetokenize extends WireCommon {
  readonly op: 'detokenize';
  readonly tokens: readonly number[];
}

export interface WireTemplate extends WireCommon {
  readonly op: 'template';
  readonly messages: readonly ChatMessage[];
  readonly tools?: readonly unknown[];
}

export type WireRequest = WireGenerate | WireScore | WireEmbed | WireTokenize | WireDetokenize | WireTemplate;

const COMMON = ['output', 'tenant', ...ROUTING] as const;

// Writing.

/** The text of a request: what `parseRequest` reads back. Members that are undefined are left out. */
export function formatRequest(r: WireRequest): string {
  const out = new Lines();
  out.add('op', r.op);
  for (const name of COMMON) out.add(name, r[name]);
  let prompt: string | undefined;
  switch (r.op) {
    case 'generate':
      for (const [name, member] of MEMBERS) out.member(name, r.request[member]);
      out.messages(r.request.messages);
      prompt = r.request.prompt;
      break;
    case 'score':
      out.member('option', r.request.options);
      out.messages(r.request.messages);
      prompt = r.request.prompt;
      break;
    case 'embed':
    case 'tokenize':
      if (r.op === 'tokenize') out.member('special', r.special);
      out.member('text', r.texts);
      break;
    case 'detokenize':
      out.member('tokens', r.tokens);
      break;
    case 'template':
      out.member('tools', r.tools);
      out.messages(r.messages);
  }
  return prompt === undefined ? out.text : `${out.text}raw=1\n\n${prompt}`;
}

class Lines {
  text = '';

  add(name: string, value: string | undefined): void {
    if (value !== undefined) this.text += `${name}=${quote(value)}\n`;
  }

  messages(messages: readonly ChatMessage[] | undefined): void {
    for (const message of messages ?? []) {
      if (isPlain(message)) this.add(message.role, message.content);
      else this.add('message', JSON.stringify(message));
    }
  }

  member(name: string, value: unknown): void {
    if (value === undefined) return;
    if (name === 'schema' || name === 'tools') this.add(name, JSON.stringify(value));
    else if (name === 'logit_bias') {
      const pairs = Object.entries(value as Record<string, number>);
      this.add(name, pairs.map(([token, bias]) => `${token}:${bias}`).join(' '));
    } else if (ATTRIBUTES.get(name)?.repeats === true) {
      for (const one of value as readonly string[]) this.add(name, one);
    } else if (typeof value === 'boolean') this.add(name, value ? '1' : '0');
    else this.add(name, String(value)); // numbers as they are, lists of them with commas
  }
}

function isPlain(message: ChatMessage): boolean {
  return ROLES.has(message.role) && typeof message.content === 'string' && Object.keys(message).length === 2;
}

// Reading.

/**
 * The request that a text asks for. Ranges are not looked at: the engine does that.
 * @throws LlamaError `bad-request` that names the attribute and says what would be right
 */
export function parseRequest(text: string): WireRequest {
  const first = /^[a-z0-9_]{1,40}(?==)/.exec(text)?.[0];
  if (first !== undefined && ATTRIBUTES.has(first)) return parseAttributes(text);
  // An empty first line stands for no attributes: behind it no prompt can be taken for one.
  return { op: 'generate', request: chat(new Map(), text.replace(/^\r?\n/, '')) };
}

type Values = ReadonlyMap<string, unknown>;

function parseAttributes(text: string): WireRequest {
  const values = new Map<string, unknown>();
  const messages: ChatMessage[] = [];
  const reader = new AttributeReader(text);
  for (let attribute = reader.next(); attribute !== undefined; attribute = reader.next()) {
    const [name, value] = attribute;
    const known = ATTRIBUTES.get(name);
    if (known === undefined) throw badRequest(`unknown attribute ${shown(name)}`);
    const parsed = known.parse(value, name);
    if (ROLES.has(name)) messages.push({ role: name, content: value });
    else if (name === 'message') messages.push(parsed as ChatMessage);
    if (known.repeats !== true) {
      if (values.has(name)) throw badRequest(`${name}: given twice`);
      values.set(name, parsed);
    } else if (!values.has(name)) values.set(name, [parsed]);
    else (values.get(name) as unknown[]).push(parsed);
  }
  const op = (values.get('op') as Operation | undefined) ?? 'generate';
  for (const name of values.keys()) {
    const takers = ATTRIBUTES.get(name)?.for;
    if (takers !== undefined && !takers.includes(op))
      throw badRequest(`${name}: only for op=${takers.join(', op=')}`);
  }
  const prompt = reader.rest ? text.slice(reader.at) : undefined;
  return { ...common(values), ...build(op, values, messages, prompt) };
}

function common(values: Values): WireCommon {
  const out: Record<string, unknown> = {};
  for (const name of COMMON) if (values.has(name)) out[name] = values.get(name);
  return out;
}

function build(
  op: Operation,
  values: Values,
  messages: readonly ChatMessage[],
  prompt: string | undefined,
): WireRequest {
  switch (op) {
    case 'generate':
      return { op, request: chat(values, prompt, messages) };
    case 'score': {
      const { messages: all, prompt: raw } = chat(values, prompt, messages);
      const options = (values.get('option') as string[] | undefined) ?? [];
      return { op, request: { ...given('prompt', raw), ...given('messages', all), options } };
    }
    case 'embed':
      return { op, texts: texts(values, prompt) };
    case 'tokenize':
      return { op, texts: texts(values, prompt), ...given('special', values.get('special') as boolean) };
    case 'detokenize':
      if (prompt !== undefined && prompt !== '') throw badRequest('op=detokenize takes tokens=, not a text');
      return { op, tokens: (values.get('tokens') as number[] | undefined) ?? [] };
    case 'template': {
      const { messages: all = [] } = chat(values, prompt, messages);
      return { op, messages: all, ...given('tools', values.get('tools') as unknown[]) };
    }
  }
}

function texts(values: Values, prompt: string | undefined): string[] {
  const all = [...((values.get('text') as string[] | undefined) ?? [])];
  if (prompt !== undefined && prompt !== '') all.push(prompt);
  return all;
}

function given<Key extends string, Value>(key: Key, value: Value | undefined): { [K in Key]?: Value } {
  return (value === undefined ? {} : { [key]: value }) as { [K in Key]?: Value };
}

/** A GenerateRequest of what was given: with `raw` the prompt is one, otherwise it is the last message of the chat. */
function chat(
  values: Values,
  prompt: string | undefined,
  messages: readonly ChatMessage[] = [],
): WireGenerate['request'] {
  const request: Record<string, unknown> = {};
  for (const [name, member] of MEMBERS) if (values.has(name)) request[member] = values.get(name);
  if (values.get('raw') === true) {
    if (prompt === undefined) throw badRequest('raw: expected a prompt after an empty line');
    request['prompt'] = prompt;
    if (messages.length > 0) request['messages'] = messages;
    return request;
  }
  // A prompt that was typed, or that echo wrote, ends in a newline that nobody meant.
  const last = prompt?.replace(/\r?\n$/, '') ?? '';
  const all = last === '' ? messages : [...messages, { role: 'user', content: last }];
  if (all.length > 0) request['messages'] = all;
  return request;
}

/** @throws LlamaError `bad-request` for attributes that choose a node, where there is none to choose */
export function refuseRouting(request: WireRequest): void {
  for (const name of ROUTING) {
    if (request[name] !== undefined)
      throw badRequest(`${name}: only the cluster's own data file takes it, not that of one node`);
  }
}
