import { badRequest } from '../errors.ts';
import type { GenerateRequest, ScoreRequest } from './engine.ts';

const RANGES: readonly (readonly [keyof GenerateRequest, number, number, 'integer' | 'number'])[] = [
  ['temperature', 0, 2, 'number'],
  ['topK', 0, 1_000_000, 'integer'],
  ['topP', 0, 1, 'number'],
  ['minP', 0, 1, 'number'],
  ['repeatPenalty', 0.01, 10, 'number'],
  ['frequencyPenalty', -2, 2, 'number'],
  ['presencePenalty', -2, 2, 'number'],
  ['penaltyLastN', -1, 1_000_000, 'integer'],
  ['seed', 0, 0xffffffff, 'integer'],
  ['maxTokens', 1, 1_000_000, 'integer'],
  ['logprobs', 0, 20, 'integer'],
];

const MOST_STOPS = 16;
const MOST_OPTIONS = 256;

/** @throws LlamaError `bad-request` that names the member and says what would be right */
export function checkRequest(request: GenerateRequest): void {
  checkPrompt(request);
  for (const [key, least, most, kind] of RANGES) {
    const value = request[key];
    if (value === undefined) continue;
    if (
      typeof value !== 'number' ||
      !(value >= least && value <= most) ||
      (kind === 'integer' && !Number.isInteger(value))
    ) {
      throw badRequest(
        `${key} must be ${kind === 'integer' ? 'an integer' : 'a number'} from ${least} to ${most}`,
      );
    }
  }
  const { stop } = request;
  if (
    stop !== undefined &&
    (stop.length > MOST_STOPS || stop.some((text) => typeof text !== 'string' || text === ''))
  ) {
    throw badRequest(`stop must be at most ${MOST_STOPS} strings, none empty`);
  }
  for (const [token, bias] of Object.entries(request.logitBias ?? {})) {
    if (!/^\d+$/.test(token) || typeof bias !== 'number' || !Number.isFinite(bias)) {
      throw badRequest('logitBias must map token ids to finite numbers');
    }
  }
  if (request.grammar !== undefined && request.jsonSchema !== undefined) {
    throw badRequest('grammar and jsonSchema exclude each other');
  }
  checkCaller(request);
}

/** @throws LlamaError `bad-request` */
export function checkScore(request: ScoreRequest): void {
  checkPrompt(request);
  checkCaller(request);
  const { options } = request;
  if (
    options.length < 1 ||
    options.length > MOST_OPTIONS ||
    options.some((text) => typeof text !== 'string' || text === '')
  ) {
    throw badRequest(`options must be 1 to ${MOST_OPTIONS} strings, none empty`);
  }
}

function checkCaller({ caller }: Pick<GenerateRequest, 'caller'>): void {
  for (const key of ['weight', 'capacity', 'limit'] as const) {
    const value = caller?.[key];
    if (value !== undefined && !(value > 0 && Number.isFinite(value)))
      throw badRequest(`caller ${key} must be above 0`);
  }
}

function checkPrompt(request: Pick<GenerateRequest, 'prompt' | 'messages' | 'tokens'>): void {
  const given = [request.prompt, request.messages, request.tokens].filter((value) => value !== undefined);
  if (given.length !== 1) throw badRequest('exactly one of prompt, messages and tokens is needed');
  if (request.prompt !== undefined && request.prompt === '') throw badRequest('prompt is empty');
}
