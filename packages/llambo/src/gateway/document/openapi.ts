import { z } from 'zod';
import { VERSION } from '../version.ts';
import { ENDPOINTS, type Endpoint } from './endpoints.ts';

type Json = Record<string, unknown>;

/** JSON Schema 2020-12, which OpenAPI 3.1 takes as it is. */
function schemaOf(type: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...schema } = z.toJSONSchema(type, { io, unrepresentable: 'any' }) as Json;
  return schema;
}

const errorSchema: Json = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      description: 'an object with message, type, param and code; a text in the Ollama API',
      anyOf: [
        { type: 'string' },
        { type: 'object', required: ['message'], properties: { message: { type: 'string' } } },
      ],
    },
  },
};

const REASONS: Readonly<Record<number, string>> = {
  400: 'the request is wrong; the message says where',
  401: 'no API key, or an unknown one',
  403: 'the key lacks the scope, or a page of another site asks',
  404: 'there is no such model, node or answer',
  413: 'the body is over 8 MiB',
  429: 'the queue is full or the key is at its limit; Retry-After says when to come back',
  499: 'the client went away',
  503: 'no node can answer; Retry-After says when to come back',
};

function answers({ answer, type, streams, scope, body, also = [] }: Endpoint): Json {
  const json = {
    'application/json': { schema: answer === undefined ? { type: 'object' } : schemaOf(answer, 'output') },
  };
  // A schema would be taken for that of one event, and events differ.
  const text =
    type === undefined ? {} : { [type]: type === 'text/plain' ? { schema: { type: 'string' } } : {} };
  const content = type === undefined ? json : streams === true ? { ...json, ...text } : text;
  const statuses = [
    ...(scope === undefined ? [] : [401, 403]),
    ...(body === undefined ? [] : [400, 404, 413, 429, 499, 503]),
    ...also,
  ].sort();
  const refusals = [...new Set(statuses)].map((status): [string, Json] => [
    String(status),
    { description: REASONS[status], content: { 'application/json': { schema: errorSchema } } },
  ]);
  return { 200: { description: 'the answer', content }, ...Object.fromEntries(refusals) };
}

function operation(endpoint: Endpoint): Json {
  const { method, path, tag, summary, body, scope } = endpoint;
  const parameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string', minLength: 1 },
  }));
  return {
    operationId: `${method}${path.replace(/[^a-zA-Z0-9]+(\w?)/g, (_, letter: string) => letter.toUpperCase())}`,
    tags: [tag],
    summary,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: schemaOf(body, 'input') } },
          },
        }),
    responses: answers(endpoint),
    security: scope === undefined ? [] : [{ key: [scope] }, {}],
  };
}

/** The OpenAPI 3.1 document of the gateway, made of the schemas that it checks requests by. */
export function openapi(): Json {
  const paths: Record<string, Json> = {};
  for (const endpoint of ENDPOINTS) {
    const { path, method } = endpoint;
    paths[path] = { ...paths[path], [method]: operation(endpoint) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'llambo',
      version: VERSION,
      description:
        'One cluster out of your machines for llama.cpp models, by the APIs of OpenAI, Anthropic and Ollama and one of its own.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags: [...new Set(ENDPOINTS.map(({ tag }) => tag))].map((name) => ({ name })),
    components: {
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'made by llamboctl keys create' },
      },
    },
    paths,
  };
}
