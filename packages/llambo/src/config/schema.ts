import { z } from 'zod';
import { policyNames } from '../cluster/autoscaler/index.ts';
import { strategyNames } from '../cluster/balancer/index.ts';
import { parseBytes } from './units.ts';

const bytes = z.unknown().transform((value, context) => {
  const parsed = typeof value === 'string' || typeof value === 'number' ? parseBytes(value) : undefined;
  if (parsed === undefined) {
    context.addIssue({
      code: 'custom',
      message: `${JSON.stringify(value)} is not a size such as 128MB or 8GB`,
    });
    return z.NEVER;
  }
  return parsed;
});

const address = z
  .string()
  .refine(
    (text) => /^(\[[0-9a-fA-F:]+\]|[^:\s]+):\d{1,5}$/.test(text) && Number(/\d+$/.exec(text)) <= 65_535,
    'is not HOST:PORT',
  );

/** One class of nodes, as in the seed: how many there are, what they run, and what they may use. */
export const classSchema = z.strictObject({
  count: z.int().min(0).max(10_000).default(1).describe('nodes of this class at the start'),
  model: z.string().min(1).describe('name in the catalogue, path of a GGUF file, or hf:user/repo:quant'),
  memory: bytes.default(128 * 1024 * 1024).describe('bytes for the key-value cells and heap of one node'),
  cpu: z.number().positive().max(1024).default(1).describe('share of the machine under contention, in cores'),
  context_size: z
    .int()
    .min(128)
    .max(1_048_576)
    .default(2048)
    .describe('tokens of prompt and answer together'),
  capacity: z
    .int()
    .min(1)
    .max(256)
    .optional()
    .describe('requests at once; default: what memory has room for'),
  cpu_limit: z
    .enum(['soft', 'hard'])
    .default('soft')
    .describe('hard: cpu is a ceiling, in cores, even when the engine has nothing else to do'),
});

/** What policies can be told, autoscale(7). */
const policyFields = {
  target: z
    .number()
    .min(0.05)
    .max(1)
    .optional()
    .describe('share of the slots that is to be busy; default 0.65, policy kpa 0.7'),
  predictive: z
    .boolean()
    .optional()
    .describe('policy target: add the trend of the demand, as far ahead as a node takes to start'),
  schedule: z
    .array(
      z.strictObject({
        at: z.string().regex(/^([01]?\d|2[0-3]):[0-5]\d$/, 'is not a time of day such as "08:30"'),
        nodes: z.int().min(0).max(10_000),
      }),
    )
    .min(1)
    .max(1440)
    .optional()
    .describe('policy schedule: so many nodes of each class from a time of the day on, local time'),
};

/** How many nodes of a class the autoscaler may have, and by which rule. */
const classScalingSchema = z.strictObject({
  minimum: z.int().min(0).max(10_000).optional(),
  maximum: z.int().min(0).max(10_000).optional(),
  ...policyFields,
});

export const configSchema = z.strictObject({
  listen: z
    .strictObject({
      http: address.default('127.0.0.1:8640').describe('address of the HTTP gateway'),
      tls: z
        .strictObject({
          cert: z.string().min(1).describe('certificate chain, PEM'),
          key: z.string().min(1).describe('its private key, PEM'),
        })
        .optional()
        .describe('files for HTTPS; they are read again when they change'),
      origins: z
        .array(z.string().min(1))
        .optional()
        .describe('origins of other web pages that may use the API; * for all'),
      styx: z
        .string()
        .regex(/^(tcp|tls|ws)![^!\s]+![^!\s]+/, 'is not a dial string such as tcp!127.0.0.1!5640')
        .optional()
        .describe('address of the file tree for other machines; the unix socket is always there'),
      styx_tls: z
        .strictObject({
          cert: z.string().min(1).describe('certificate, PEM'),
          key: z.string().min(1).describe('its private key, PEM'),
          ca: z.string().min(1).describe('authority that signs for this cluster and nothing else, PEM'),
        })
        .optional()
        .describe('files for a tls address in listen.styx, and for hosts at tls addresses'),
    })
    .default({ http: '127.0.0.1:8640' }),
  strategy: z.enum(strategyNames() as [string, ...string[]]).default('least-loaded'),
  classes: z
    .record(z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'is not a class name'), classSchema)
    .default({ tiny: classSchema.parse({ count: 8, model: 'smollm2-135m', cpu: 0.1 }) })
    .refine((classes) => Object.keys(classes).length > 0, 'needs at least one class'),
  engine: z
    .strictObject({
      threads: z.int().min(1).max(512).optional().describe('threads of llama.cpp; default: all cores'),
      sequences: z.int().min(1).max(256).optional().describe('requests that one engine runs at once'),
      kind: z
        .enum(['llama', 'echo'])
        .default('llama')
        .describe('echo: no model, for tests of the control plane'),
      token_ms: z
        .number()
        .min(0)
        .max(10_000)
        .optional()
        .describe('milliseconds between two tokens of an answer; engine kind echo only'),
    })
    .default({ kind: 'llama' }),
  host: z
    .strictObject({
      threads: z
        .int()
        .min(0)
        .max(256)
        .optional()
        .describe('threads of the local host that run nodes; default: one per core; 0: none of its own'),
      local: z.boolean().default(true).describe('start a host on this machine'),
    })
    .default({ local: true }),
  limits: z
    .strictObject({
      minimum: z.int().min(0).max(10_000).default(1).describe('nodes that the autoscaler keeps at least'),
      maximum: z.int().min(1).max(10_000).default(10_000).describe('nodes that there may be'),
    })
    .default({ minimum: 1, maximum: 10_000 }),
  autoscale: z
    .strictObject({
      enabled: z.boolean().default(false),
      policy: z.enum(policyNames() as [string, ...string[]]).default('target'),
      ...policyFields,
      classes: z
        .record(z.string(), classScalingSchema)
        .optional()
        .describe('bounds of single classes, and what they have in place of the above'),
    })
    .default({ enabled: false, policy: 'target' }),
  hedge: z
    .boolean()
    .default(false)
    .describe(
      'ask a second node when the first token takes longer than 95 % of the others, within the retry budget',
    ),
  queue: z
    .int()
    .min(0)
    .max(1_000_000)
    .default(1000)
    .describe('requests that wait for a node at most, per model'),
});

export type Config = z.output<typeof configSchema>;
export type ClassConfig = z.output<typeof classSchema>;
