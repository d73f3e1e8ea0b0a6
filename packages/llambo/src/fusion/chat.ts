/**
 * Fusion for clients that know nothing but OpenAI chat: models named `fusion` and `fusion:STRATEGY` (with `@MODEL` behind
 * it for the nodes of one model only), an object `fusion` in the request for the details, and one in the answer.
 */
import type { ChatMessage } from '@llambo/llama';
import { LlamboError } from '../errors.ts';
import { fuse } from './index.ts';
import type { Reliabilities } from './reliability.ts';
import type { FusionCluster, FusionHooks, FusionRequest, FusionResult } from './types.ts';

/** What is read of a chat request; anything else in it is not fusion's business. */
export interface FusionChat {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content?: unknown }[];
  readonly temperature?: number | null;
  readonly top_p?: number | null;
  readonly max_tokens?: number | null;
  readonly max_completion_tokens?: number | null;
  readonly seed?: number | null;
  readonly response_format?: unknown;
  /** Members of a FusionRequest in snake_case. */
  readonly fusion?: unknown;
}

/** What goes into the answer: the text, and the object `fusion`. */
export interface FusionChatAnswer {
  /** The consensus; when abstained, a sentence that says so. */
  readonly content: string;
  /** Tokens of all nodes together. */
  readonly completionTokens: number;
  readonly fusion: Readonly<Record<string, unknown>>;
  readonly result: FusionResult;
}

const NAME = /^fusion(?::([a-z:-]+))?(?:@(.+))?$/;

export const isFusionModel = (model: string): boolean => NAME.test(model);

/** Members of the object `fusion`, and what they are in a FusionRequest. */
const MEMBERS: Readonly<Record<string, { readonly name: keyof FusionRequest; readonly type: string }>> = {
  strategy: { name: 'strategy', type: 'string' },
  model: { name: 'model', type: 'string' },
  options: { name: 'options', type: 'strings' },
  nodes: { name: 'nodes', type: 'number' },
  quorum: { name: 'quorum', type: 'number' },
  agree: { name: 'agree', type: 'number' },
  min_agreement: { name: 'minAgreement', type: 'number' },
  tolerate: { name: 'tolerate', type: 'number' },
  deadline_ms: { name: 'deadlineMs', type: 'number' },
  canaries: { name: 'canaries', type: 'number' },
  distinct: { name: 'distinct', type: 'node|host|class' },
  adaptive: { name: 'adaptive', type: 'boolean' },
  confident: { name: 'confident', type: 'number' },
  kind: { name: 'kind', type: 'choice|number|json|short|text' },
  pooling: { name: 'pooling', type: 'logarithmic|linear' },
  similarity: { name: 'similarity', type: 'rouge-l|embedding' },
  weights: { name: 'weights', type: 'numbers' },
  accuracies: { name: 'accuracies', type: 'numbers' },
};

/** The fusion that a JSON object of snake_case members asks for. @throws LlamboError `bad-request` that names the member */
export function fusionMembers(value: unknown): Partial<FusionRequest> {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value))
    throw new LlamboError('bad-request', 'fusion must be an object');
  const members: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) {
    const known = MEMBERS[key];
    if (known === undefined) {
      throw new LlamboError(
        'bad-request',
        `fusion.${key} is unknown; members: ${Object.keys(MEMBERS).join(', ')}`,
      );
    }
    if (!fits(member, known.type))
      throw new LlamboError('bad-request', `fusion.${key} must be ${wanted(known.type)}`);
    members[known.name] = member;
  }
  return members as Partial<FusionRequest>;
}

function fits(value: unknown, type: string): boolean {
  if (type === 'strings') return Array.isArray(value) && value.every((one) => typeof one === 'string');
  if (type === 'numbers') {
    return (
      typeof value === 'object' &&
      value !== null &&
      Object.values(value).every((one) => typeof one === 'number')
    );
  }
  if (type.includes('|')) return typeof value === 'string' && type.split('|').includes(value);
  return typeof value === type;
}

function wanted(type: string): string {
  if (type === 'strings') return 'a list of strings';
  if (type === 'numbers') return 'an object of numbers by model';
  return type.includes('|') ? `one of ${type.split('|').join(', ')}` : `a ${type}`;
}

/** What a chat request asks of a fusion. @throws LlamboError `bad-request` */
export function fusionOfChat(body: FusionChat): FusionRequest {
  const match = NAME.exec(body.model);
  if (match === null) throw new LlamboError('bad-request', `model ${body.model} is no fusion`);
  const [, strategy, model] = match;
  const maxTokens = body.max_completion_tokens ?? body.max_tokens;
  const jsonSchema = schemaOf(body.response_format);
  return {
    messages: body.messages.map(plainMessage),
    ...(strategy === undefined ? {} : { strategy }),
    ...(model === undefined ? {} : { model }),
    ...(body.temperature == null ? {} : { temperature: body.temperature }),
    ...(body.top_p == null ? {} : { topP: body.top_p }),
    ...(maxTokens == null ? {} : { maxTokens }),
    ...(body.seed == null ? {} : { seed: body.seed }),
    ...(jsonSchema === undefined ? {} : { jsonSchema }),
    ...fusionMembers(body.fusion),
  };
}

function plainMessage({ role, content }: FusionChat['messages'][number]): ChatMessage {
  if (typeof content === 'string') return { role, content };
  if (content === null || content === undefined) return { role, content: '' };
  if (!Array.isArray(content)) throw new LlamboError('bad-request', `content of a message must be text`);
  const texts = (content as readonly { type?: unknown; text?: unknown }[]).map((part) => {
    if (part.type !== 'text' || typeof part.text !== 'string') {
      throw new LlamboError('bad-request', 'fusion takes text only');
    }
    return part.text;
  });
  return { role, content: texts.join('') };
}

function schemaOf(format: unknown): unknown {
  if (typeof format !== 'object' || format === null) return undefined;
  const { type, json_schema: schema } = format as { type?: unknown; json_schema?: { schema?: unknown } };
  if (type === 'json_object') return { type: 'object' };
  return type === 'json_schema' ? schema?.schema : undefined;
}

/** A result as the member `fusion` of an answer, and of /api/v1/fusion's last event. */
export function fusionJson(result: FusionResult): Record<string, unknown> {
  return {
    ...result,
    ms: Math.round(result.ms),
    votes: result.votes.map(({ opinion, ...vote }) => ({
      ...vote,
      ms: Math.round(vote.ms),
      ...(opinion === undefined ? {} : { opinion: opinion.map((value) => Number(value.toFixed(4))) }),
    })),
  };
}

/** Answers a chat request by a fusion. @throws LlamboError `bad-request`, `no-node`, `cancelled` */
export async function fuseChat(
  cluster: FusionCluster,
  body: FusionChat,
  hooks: FusionHooks = {},
  signal?: AbortSignal,
  reliabilities?: Reliabilities,
): Promise<FusionChatAnswer> {
  const result = await fuse(cluster, fusionOfChat(body), hooks, signal, reliabilities);
  return {
    content: result.abstained ? `No consensus: ${result.reason}.` : result.answer,
    completionTokens: result.tokens,
    fusion: fusionJson(result),
    result,
  };
}
