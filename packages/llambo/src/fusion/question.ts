/** A request in full: every default decided, everything checked, the strategy chosen. */
import { randomBytes } from 'node:crypto';
import type { ChatMessage } from '@llambo/llama';
import { LlamboError } from '../errors.ts';
import { CANARIES } from './reliability.ts';
import { fusionStrategy, type Strategy } from './strategies/index.ts';
import type { AnswerKind, FusionRequest } from './types.ts';

export interface Question {
  readonly id: string;
  readonly messages: readonly ChatMessage[];
  /** The question's own words. */
  readonly text: string;
  readonly options: readonly string[];
  readonly kind: AnswerKind;
  readonly strategy: Strategy;
  readonly cascade: boolean;
  readonly nodes: number;
  readonly quorum: number | undefined;
  readonly agree: number;
  readonly minAgreement: number;
  readonly tolerate: number;
  readonly deadlineMs: number;
  readonly canaries: number;
  readonly distinct: 'node' | 'host' | 'class';
  readonly adaptive: boolean;
  readonly confident: number;
  readonly request: FusionRequest;
}

const MOST_NODES = 64;
const MOST_OPTIONS = 26;
const MOST_DEADLINE_MS = 3_600_000;

const bad = (message: string): LlamboError => new LlamboError('bad-request', message);

/** @throws LlamboError `bad-request` that names what is wrong */
export function questionOf(request: FusionRequest): Question {
  const messages = messagesOf(request);
  const asked = messages
    .map(({ content }) => content)
    .join('\n\n')
    .trim();
  const found = request.options === undefined ? optionsIn(asked) : undefined;
  const options = request.options ?? found?.options ?? [];
  checkOptions(options);
  const name = request.strategy ?? 'auto';
  const cascade = name === 'cascade' || name.startsWith('cascade:');
  const inner = name.replace(/^cascade:?/, '') || 'auto';
  const kind = request.kind ?? kindOf(request, asked, options);
  const strategy = fusionStrategy(inner === 'auto' ? strategyFor(kind) : inner);
  if (kind === 'choice' && options.length < 2) throw bad('kind choice needs options');
  if (strategy.asks === 'scores' && options.length < 2) throw bad(`strategy ${strategy.name} needs options`);
  const nodes = whole(request.nodes, 'nodes', 1, MOST_NODES) ?? 5;
  return {
    id: request.id ?? `fusion-${randomBytes(6).toString('hex')}`,
    messages,
    text: found?.question ?? asked,
    options,
    kind,
    strategy,
    cascade,
    nodes,
    quorum: whole(request.quorum, 'quorum', 1, nodes),
    agree: whole(request.agree, 'agree', 1, nodes) ?? Math.ceil((nodes * 2) / 3),
    minAgreement: inRange(request.minAgreement, 'min_agreement', 0, 1) ?? 0,
    tolerate: whole(request.tolerate, 'tolerate', 0, nodes - 1) ?? 0,
    deadlineMs: inRange(request.deadlineMs, 'deadline_ms', 1, MOST_DEADLINE_MS) ?? 60_000,
    canaries: whole(request.canaries, 'canaries', 0, CANARIES.length) ?? 0,
    distinct: request.distinct ?? 'node',
    adaptive: request.adaptive ?? true,
    confident: inRange(request.confident, 'confident', 0, 1) ?? 0.8,
    request,
  };
}

function messagesOf({ query, messages }: FusionRequest): readonly ChatMessage[] {
  if ((query === undefined) === (messages === undefined))
    throw bad('exactly one of query and messages is needed');
  if (messages !== undefined) {
    if (messages.length === 0) throw bad('messages is empty');
    return messages;
  }
  if (query?.trim() === '') throw bad('query is empty');
  return [{ role: 'user', content: query as string }];
}

function checkOptions(options: readonly string[]): void {
  if (options.length === 1 || options.length > MOST_OPTIONS) {
    throw bad(`there are ${options.length} options; 2 to ${MOST_OPTIONS} are possible`);
  }
  if (options.some((option) => option.trim() === '')) throw bad('an option is empty');
  if (new Set(options).size < options.length) throw bad('two options are equal');
}

function whole(value: number | undefined, name: string, least: number, most: number): number | undefined {
  if (value !== undefined && !Number.isInteger(value))
    throw bad(`${name} is ${value}; it must be a whole number`);
  return inRange(value, name, least, most);
}

function inRange(value: number | undefined, name: string, least: number, most: number): number | undefined {
  if (value !== undefined && !(value >= least && value <= most)) {
    throw bad(`${name} is ${value}; it must be ${least} to ${most}`);
  }
  return value;
}

/** Options that a question lists itself, one a line, `A.` or `A)` and on: what a plain chat client sends. */
export function optionsIn(text: string): { question: string; options: string[] } | undefined {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => /^\s*\(?A[.):]\s+\S/.test(line));
  if (start < 0) return undefined;
  const options: string[] = [];
  for (const line of lines.slice(start)) {
    const match = /^\s*\(?([A-Z])[.):]\s+(.*\S)\s*$/.exec(line);
    if (match === null || match[1] !== String.fromCharCode(65 + options.length)) break;
    options.push(match[2] as string);
  }
  const question = lines.slice(0, start).join('\n').trim();
  return options.length >= 2 && question !== '' && new Set(options).size === options.length
    ? { question, options }
    : undefined;
}

const NUMERIC =
  /\bhow (?:many|much|old|far|long|tall|fast)\b|\b(?:calculate|compute|evaluate|solve|sum of|product of|percent(?:age)? of|square root|what is\s+[-(]?\d)|\d\s*[-+*/×÷^]\s*\d/i;
const SHORT =
  /\b(?:one|a single) word\b|\byes or no\b|\btrue or false\b|^\s*(?:who|when|which|where)\b.{0,120}\?\s*$/i;

/** What kind of answer a question wants, by its form. */
export function kindOf(request: FusionRequest, text: string, options: readonly string[]): AnswerKind {
  if (options.length > 0) return 'choice';
  if (request.jsonSchema !== undefined) return 'json';
  if (NUMERIC.test(text)) return 'number';
  if (SHORT.test(text)) return 'short';
  return 'text';
}

/** What `auto` chooses. */
const strategyFor = (kind: AnswerKind): string =>
  kind === 'choice' ? 'pool' : kind === 'text' ? 'medoid' : 'vote';
