/** The cluster API's bodies. Answers may grow members; those that are here stay. */
import { z } from 'zod';

export const commandSchema = z.strictObject({
  command: z
    .string()
    .min(1)
    .max(1000)
    .regex(/^[^\r\n]*\S[^\r\n]*$/, 'must be one line')
    .describe('one line as the ctl file takes it, such as `spawn tiny 10` or `strategy p2c`'),
});

export const resultSchema = z.looseObject({ result: z.string() });

const counts = z.record(z.string(), z.int().min(0));

export const statusSchema = z.looseObject({
  health: z.enum(['healthy', 'degraded', 'down']),
  nodes: z.int().min(0),
  maximum: z.int().describe('nodes that there may be'),
  states: counts.describe('nodes by state'),
  classes: z.array(
    z.looseObject({ name: z.string(), nodes: z.int(), load: z.number(), capacity: z.number() }),
  ),
  load: z.number().describe('requests in flight'),
  capacity: z.number().describe('requests that all nodes take at once'),
  utilisation: z.number().min(0).describe('load over capacity'),
  waiting: z.int().min(0),
  strategy: z.string(),
  tokensPerSecond: z.number(),
  firstTokenMs: z.number().nullable(),
  uptimeSeconds: z.number(),
});

export const reportSchema = statusSchema.extend({
  version: z.string(),
  generation: z.int().describe('changes with every change of the list of nodes'),
  availability: z.number().min(0).max(1),
});

export const nodeSchema = z.looseObject({
  id: z.string(),
  class: z.string(),
  model: z.string(),
  host: z.string().nullable(),
  state: z.string(),
  load: z.number(),
  capacity: z.number(),
  speed: z.number().describe('tokens a second, lately'),
  requests: z.number(),
  tokens: z.number(),
  failures: z.number(),
});

export const nodesSchema = z.looseObject({ nodes: z.array(nodeSchema) });

export const nodeDetailSchema = nodeSchema.extend({
  namespace: z.string(),
  status: z.string(),
  log: z.array(z.string()),
});

export const hostsSchema = z.looseObject({
  hosts: z.array(z.looseObject({ name: z.string(), state: z.string() })),
});

export const historySchema = z.looseObject({
  points: z.array(
    z.looseObject({
      at: z.number().describe('milliseconds since 1970'),
      tokensPerSecond: z.number(),
      waiting: z.number(),
      nodes: z.number(),
      utilisation: z.number(),
    }),
  ),
});

export const decisionsSchema = z.looseObject({
  balancer: z.array(z.looseObject({ at: z.number(), node: z.string().nullish() })),
  autoscaler: z.array(
    z.looseObject({ at: z.number(), class: z.string(), from: z.number(), to: z.number(), why: z.string() }),
  ),
});

export const readySchema = z.looseObject({ ready: z.boolean(), nodes: z.int() });
