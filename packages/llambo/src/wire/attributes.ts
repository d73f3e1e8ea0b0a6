/** The attributes of a request: which there are, for which operations, and how their values are written. */
import type { ChatMessage, GenerateRequest } from '@llambo/llama';
import { badRequest } from './errors.ts';
import { shown } from './words.ts';

export const OPERATIONS = ['generate', 'score', 'embed', 'tokenize', 'detokenize', 'template'] as const;
export type Operation = (typeof OPERATIONS)[number];

/** Roles that are attributes themselves. */
export const ROLES: ReadonlySet<string> = new Set(['system', 'user', 'assistant', 'tool']);

/** Attributes that only choose a node: for the cluster's own data files. */
export const ROUTING = ['model', 'class', 'session', 'id'] as const;

interface Attribute {
  /** Operations that take it; all when left out. */
  readonly for?: readonly Operation[];
  /** May be given more than once. */
  readonly repeats?: true;
  readonly parse: (value: string, name: string) => unknown;
}

const wrong = (name: string, expected: string, value: string): Error =>
  badRequest(`${name}: expected ${expected}, got ${shown(value)}`);

const text = (value: string): string => value;

function integer(value: string, name: string): number {
  if (!/^-?\d{1,15}$/.test(value)) throw wrong(name, 'an integer', value);
  return Number(value);
}

function number(value: string, name: string): number {
  if (value.length > 400 || !/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(value))
    throw wrong(name, 'a number', value);
  return Number(value);
}

function flag(value: string, name: string): boolean {
  if (value !== '0' && value !== '1') throw wrong(name, '0 or 1', value);
  return value === '1';
}

function oneOf<Word extends string>(...words: readonly Word[]): (value: string, name: string) => Word {
  return (value, name) => {
    if (!words.includes(value as Word))
      throw wrong(name, words.join(', ').replace(/, ([^,]*)$/, ' or $1'), value);
    return value as Word;
  };
}

/** Token ids with commas between them. By hand, since there may be millions, and a pattern over all of them would overflow. */
export function parseIds(value: string, name: string): number[] {
  const ids: number[] = [];
  let id = -1;
  for (let at = 0; at < value.length; at++) {
    const digit = value.charCodeAt(at) - 48;
    if (digit >= 0 && digit <= 9 && id < 1e10) id = Math.max(0, id) * 10 + digit;
    else if (value[at] === ',' && id >= 0) {
      ids.push(id);
      id = -1;
    } else throw wrong(name, 'token ids as 1,2,3', value);
  }
  if (id >= 0) ids.push(id);
  else if (value !== '') throw wrong(name, 'token ids as 1,2,3', value);
  return ids;
}

function json(value: string, name: string): unknown {
  try {
    return JSON.parse(value) as unknown;
  } catch {
    throw wrong(name, 'JSON', value);
  }
}

function list(value: string, name: string): unknown[] {
  const parsed = json(value, name);
  if (!Array.isArray(parsed)) throw wrong(name, 'a JSON array', value);
  return parsed;
}

function message(value: string, name: string): ChatMessage {
  const parsed = json(value, name) as ChatMessage | null;
  if (typeof parsed !== 'object' || parsed === null || typeof parsed.role !== 'string')
    throw wrong(name, 'a JSON object with a role', value);
  return parsed;
}

function bias(value: string, name: string): Record<string, number> {
  const biases: Record<string, number> = {};
  for (const pair of value.split(/[ \t\r\n]+/)) {
    if (pair === '') continue;
    const colon = pair.indexOf(':');
    const token = pair.slice(0, Math.max(0, colon));
    if (!/^\d{1,10}$/.test(token)) throw wrong(name, "pairs as '12:-100 13:5'", value);
    biases[token] = number(pair.slice(colon + 1), name);
  }
  return biases;
}

const chat: Pick<Attribute, 'for' | 'repeats'> = { for: ['generate', 'score', 'template'], repeats: true };
const generate: Pick<Attribute, 'for'> = { for: ['generate'] };

export const ATTRIBUTES: ReadonlyMap<string, Attribute> = new Map<string, Attribute>([
  ['op', { parse: oneOf(...OPERATIONS) }],
  ['output', { parse: oneOf('text', 'records') }],
  ['tenant', { parse: text }],
  ...ROUTING.map((name) => [name, { parse: text }] as const),
  ...[...ROLES].map((role) => [role, { ...chat, parse: text }] as const),
  ['message', { ...chat, parse: message }],
  ['raw', { for: ['generate', 'score'], parse: flag }],
  ['tools', { for: ['generate', 'template'], parse: list }],
  ['tokens', { for: ['generate', 'detokenize'], parse: parseIds }],
  ['resume', { ...generate, parse: parseIds }],
  ['max_tokens', { ...generate, parse: integer }],
  ['temperature', { ...generate, parse: number }],
  ['top_k', { ...generate, parse: integer }],
  ['top_p', { ...generate, parse: number }],
  ['min_p', { ...generate, parse: number }],
  ['repeat_penalty', { ...generate, parse: number }],
  ['frequency_penalty', { ...generate, parse: number }],
  ['presence_penalty', { ...generate, parse: number }],
  ['penalty_last_n', { ...generate, parse: integer }],
  ['seed', { ...generate, parse: integer }],
  ['logit_bias', { ...generate, parse: bias }],
  ['grammar', { ...generate, parse: text }],
  ['schema', { ...generate, parse: json }],
  ['stop', { ...generate, repeats: true, parse: text }],
  ['ignore_eos', { ...generate, parse: flag }],
  ['logprobs', { ...generate, parse: integer }],
  ['overflow', { ...generate, parse: oneOf('error', 'shift') }],
  ['cache', { ...generate, parse: flag }],
  ['option', { for: ['score'], repeats: true, parse: text }],
  ['text', { for: ['embed', 'tokenize'], repeats: true, parse: text }],
  ['special', { for: ['tokenize'], parse: flag }],
]);

/** Attributes of `generate` and the members of a GenerateRequest that they set. */
export const MEMBERS: readonly (readonly [string, Exclude<keyof GenerateRequest, 'caller'>])[] = [
  ['max_tokens', 'maxTokens'],
  ['temperature', 'temperature'],
  ['top_k', 'topK'],
  ['top_p', 'topP'],
  ['min_p', 'minP'],
  ['repeat_penalty', 'repeatPenalty'],
  ['frequency_penalty', 'frequencyPenalty'],
  ['presence_penalty', 'presencePenalty'],
  ['penalty_last_n', 'penaltyLastN'],
  ['seed', 'seed'],
  ['logit_bias', 'logitBias'],
  ['ignore_eos', 'ignoreEos'],
  ['logprobs', 'logprobs'],
  ['overflow', 'overflow'],
  ['cache', 'cachePrompt'],
  ['grammar', 'grammar'],
  ['schema', 'jsonSchema'],
  ['stop', 'stop'],
  ['tools', 'tools'],
  ['tokens', 'tokens'],
  ['resume', 'resume'],
];
