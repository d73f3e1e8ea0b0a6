/** Every request that the gateway answers, with the schemas that it checks them by: the OpenAPI document is made of this. */
import type { z } from 'zod';
import type { Scope } from '../../keys/index.ts';
import { countSchema, messagesSchema } from '../anthropic/schemas.ts';
import {
  commandSchema,
  decisionsSchema,
  historySchema,
  hostsSchema,
  nodeDetailSchema,
  nodesSchema,
  readySchema,
  reportSchema,
  resultSchema,
  statusSchema,
} from '../cluster/schemas.ts';
import { fusionSchema } from '../fusion.ts';
import {
  embeddingsSchema,
  embedSchema,
  generateSchema,
  chatSchema as ollamaChat,
  showSchema,
} from '../ollama/schemas.ts';
import { responseSchema } from '../openai/responses/schemas.ts';
import { chatSchema, completionSchema, embeddingSchema, rerankSchema } from '../openai/schemas.ts';
import { detokenizeSchema, templateSchema, tokenizeSchema } from '../tokens.ts';

export interface Endpoint {
  readonly method: 'get' | 'post' | 'delete';
  /** With `{name}` for parameters. */
  readonly path: string;
  readonly tag: 'OpenAI' | 'Anthropic' | 'Ollama' | 'Tokens' | 'Cluster' | 'Health';
  readonly summary: string;
  readonly body?: z.ZodType;
  /** Of status 200; absent: an object, or what `type` says. */
  readonly answer?: z.ZodType;
  /** Content type of the answer, where it is not (only) JSON. */
  readonly type?: 'text/event-stream' | 'application/x-ndjson' | 'text/plain';
  /** The answer is that type only when the request says `stream`; JSON otherwise. */
  readonly streams?: boolean;
  /** Scope that a key needs; absent: none, and no key. */
  readonly scope?: Scope;
  /** Statuses beside 200 and those of every request. */
  readonly also?: readonly number[];
}

const sse = { type: 'text/event-stream', streams: true } as const;
const lines = { type: 'application/x-ndjson', streams: true } as const;
const infer = { scope: 'infer' } as const;
const operate = { scope: 'operate' } as const;

export const ENDPOINTS: readonly Endpoint[] = [
  {
    method: 'post',
    path: '/v1/chat/completions',
    tag: 'OpenAI',
    summary: 'Answer a chat',
    body: chatSchema,
    ...sse,
    ...infer,
  },
  {
    method: 'post',
    path: '/v1/completions',
    tag: 'OpenAI',
    summary: 'Continue a text',
    body: completionSchema,
    ...sse,
    ...infer,
  },
  {
    method: 'post',
    path: '/v1/responses',
    tag: 'OpenAI',
    summary: 'Answer a chat, and remember it',
    body: responseSchema,
    ...sse,
    ...infer,
  },
  {
    method: 'get',
    path: '/v1/responses/{id}',
    tag: 'OpenAI',
    summary: 'A response that was given before',
    ...infer,
    also: [404],
  },
  {
    method: 'delete',
    path: '/v1/responses/{id}',
    tag: 'OpenAI',
    summary: 'Forget a response',
    ...infer,
    also: [404],
  },
  {
    method: 'post',
    path: '/v1/embeddings',
    tag: 'OpenAI',
    summary: 'Vectors of texts',
    body: embeddingSchema,
    ...infer,
  },
  {
    method: 'post',
    path: '/v1/rerank',
    tag: 'OpenAI',
    summary: 'Documents in the order of their relevance',
    body: rerankSchema,
    ...infer,
  },
  { method: 'get', path: '/v1/models', tag: 'OpenAI', summary: 'The models that are served', ...infer },
  { method: 'get', path: '/v1/models/{name}', tag: 'OpenAI', summary: 'One model', ...infer, also: [404] },
  {
    method: 'get',
    path: '/v1/streams/{id}',
    tag: 'OpenAI',
    summary: 'The rest of a streamed answer, by the x-request-id that the client gave it',
    type: 'text/event-stream',
    ...infer,
    also: [404],
  },
  {
    method: 'post',
    path: '/v1/messages',
    tag: 'Anthropic',
    summary: 'Answer a chat',
    body: messagesSchema,
    ...sse,
    ...infer,
  },
  {
    method: 'post',
    path: '/v1/messages/count_tokens',
    tag: 'Anthropic',
    summary: 'Tokens of a chat',
    body: countSchema,
    ...infer,
  },
  {
    method: 'post',
    path: '/api/chat',
    tag: 'Ollama',
    summary: 'Answer a chat',
    body: ollamaChat,
    ...lines,
    ...infer,
  },
  {
    method: 'post',
    path: '/api/generate',
    tag: 'Ollama',
    summary: 'Answer a prompt',
    body: generateSchema,
    ...lines,
    ...infer,
  },
  {
    method: 'post',
    path: '/api/embed',
    tag: 'Ollama',
    summary: 'Vectors of texts',
    body: embedSchema,
    ...infer,
  },
  {
    method: 'post',
    path: '/api/embeddings',
    tag: 'Ollama',
    summary: 'Vector of a text',
    body: embeddingsSchema,
    ...infer,
  },
  { method: 'post', path: '/api/show', tag: 'Ollama', summary: 'One model', body: showSchema, ...infer },
  { method: 'get', path: '/api/tags', tag: 'Ollama', summary: 'The models that are served', ...infer },
  { method: 'get', path: '/api/ps', tag: 'Ollama', summary: 'The models that are loaded: all', ...infer },
  { method: 'get', path: '/api/version', tag: 'Ollama', summary: 'Version of llambo' },
  {
    method: 'post',
    path: '/tokenize',
    tag: 'Tokens',
    summary: 'Text to tokens',
    body: tokenizeSchema,
    ...infer,
  },
  {
    method: 'post',
    path: '/detokenize',
    tag: 'Tokens',
    summary: 'Tokens to text',
    body: detokenizeSchema,
    ...infer,
  },
  {
    method: 'post',
    path: '/apply-template',
    tag: 'Tokens',
    summary: 'A chat as the text that the model reads',
    body: templateSchema,
    ...infer,
  },
  {
    method: 'get',
    path: '/api/v1/status',
    tag: 'Cluster',
    summary: 'The cluster in figures',
    answer: reportSchema,
    ...operate,
  },
  {
    method: 'get',
    path: '/api/v1/nodes',
    tag: 'Cluster',
    summary: 'All nodes',
    answer: nodesSchema,
    ...operate,
  },
  {
    method: 'get',
    path: '/api/v1/nodes/{id}',
    tag: 'Cluster',
    summary: 'One node with its namespace and log',
    answer: nodeDetailSchema,
    ...operate,
    also: [404],
  },
  {
    method: 'get',
    path: '/api/v1/hosts',
    tag: 'Cluster',
    summary: 'The machines',
    answer: hostsSchema,
    ...operate,
  },
  {
    method: 'get',
    path: '/api/v1/history',
    tag: 'Cluster',
    summary: 'The last 15 minutes, a point a second',
    answer: historySchema,
    ...operate,
  },
  {
    method: 'get',
    path: '/api/v1/decisions',
    tag: 'Cluster',
    summary: 'What balancer and autoscaler decided lately, and why',
    answer: decisionsSchema,
    ...operate,
  },
  {
    method: 'get',
    path: '/api/v1/events',
    tag: 'Cluster',
    summary: 'Events as they happen, and the status every second',
    type: 'text/event-stream',
    ...operate,
  },
  {
    method: 'post',
    path: '/api/v1/ctl',
    tag: 'Cluster',
    summary: 'One command, as the ctl file takes it',
    body: commandSchema,
    answer: resultSchema,
    ...operate,
  },
  {
    method: 'post',
    path: '/api/v1/fusion',
    tag: 'Cluster',
    summary: 'Ask several nodes: their votes as they come, and what they agree on',
    body: fusionSchema,
    type: 'text/event-stream',
    ...infer,
  },
  {
    method: 'get',
    path: '/health',
    tag: 'Health',
    summary: 'Whether the process lives, with the cluster in figures; 503 when no node works',
    answer: statusSchema,
    also: [503],
  },
  {
    method: 'get',
    path: '/ready',
    tag: 'Health',
    summary: 'Whether questions are answered; 503 when not',
    answer: readySchema,
    also: [503],
  },
  {
    method: 'get',
    path: '/metrics',
    tag: 'Health',
    summary: 'Prometheus text',
    type: 'text/plain',
    ...operate,
  },
];
