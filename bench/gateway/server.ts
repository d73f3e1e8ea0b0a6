/**
 * One server of the gateway bench, in a process of its own: `llambo` is the control plane on the echo engine,
 * `gateway` the gateway without a cluster behind it, `bare` is Hono alone, which emits the same events from the same engine. Prints its address; ends when its input does.
 */
import { serve } from '@hono/node-server';
import { EchoEngine } from '@llambo/llama';
import { Hono } from 'hono';
import { startGateway } from '../../packages/llambo/src/index.ts';
import { ClusterMetrics } from '../../packages/llambo/src/metrics/cluster-metrics.ts';
import { HistogramCell } from '../../packages/llambo/src/metrics/registry.ts';
import { controlPlane } from './cluster.ts';
import { noCluster } from './direct.ts';

const [kind, tokenMs] = [process.argv[2], Number(process.argv[3] ?? 0)];
const CAPACITY = 4096;

let hostCpu: () => Promise<number> = async () => 0;

/** What all say of their memory, after a collection, and of their processor time. */
async function usage(): Promise<Record<string, number>> {
  (globalThis as { gc?: () => void }).gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  const host = await hostCpu();
  const { user, system } = process.cpuUsage();
  return { rss, heap: heapUsed + external, cpu: user + system, host };
}

async function llambo(): Promise<string> {
  if (kind === 'gateway') return (await startGateway(noCluster(tokenMs, CAPACITY), '127.0.0.1:0')).url;
  const control = await controlPlane(tokenMs, CAPACITY);
  hostCpu = control.hostCpu;
  return (await startGateway(control.cluster, '127.0.0.1:0')).url;
}

const encoder = new TextEncoder();
const node = { node: 'worker-0001', class: 'tiny', strategy: 'least-loaded', attempts: 1 };
const times = { queue_ms: 0.01, prompt_ms: 0.02, generate_ms: 1.03, tokens_per_second: 123.45 };

function bare(): Promise<string> {
  const engine = new EchoEngine({ tokenMs, sequences: CAPACITY, queue: CAPACITY });
  const app = new Hono();
  let serial = 0;
  app.post('/v1/chat/completions', async (context) => {
    const body = await context.req.json();
    const { stream, messages, max_tokens: maxTokens } = body;
    const id = `chatcmpl-${String(++serial).padStart(32, '0')}`;
    const base = {
      id,
      object: 'chat.completion.chunk',
      created: Math.floor(Date.now() / 1000),
      model: body.model,
    };
    const head = JSON.stringify(base).slice(0, -1);
    if (!stream) {
      let text = '';
      const finish = await new Promise<{ completionTokens: number }>((resolve, reject) => {
        engine.generate(
          { messages, maxTokens },
          {
            chunk: (chunk) => {
              text += chunk.text;
            },
            finish: ({ usage }) => resolve(usage),
            error: reject,
          },
        );
      });
      return context.json({
        ...base,
        object: 'chat.completion',
        choices: [
          {
            index: 0,
            message: { role: 'assistant', content: text, refusal: null },
            logprobs: null,
            finish_reason: 'length',
          },
        ],
        usage: {
          prompt_tokens: 4,
          completion_tokens: finish.completionTokens,
          total_tokens: 5,
          prompt_tokens_details: { cached_tokens: 0 },
        },
        llambo: { ...node, ...times },
      });
    }
    const events = new ReadableStream<Uint8Array>({
      start(controller) {
        const send = (choice: unknown, more = ''): void =>
          controller.enqueue(
            encoder.encode(`data: ${head},"choices":[${JSON.stringify(choice)}]${more}}\n\n`),
          );
        send({ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null });
        engine.generate(
          { messages, maxTokens },
          {
            chunk: ({ text }) => send({ index: 0, delta: { content: text }, finish_reason: null }),
            finish() {
              send(
                { index: 0, delta: {}, finish_reason: 'length' },
                `,"llambo":${JSON.stringify({ ...node, ...times })}`,
              );
              controller.enqueue(encoder.encode('data: [DONE]\n\n'));
              controller.close();
            },
            error: (error) => controller.error(error),
          },
        );
      },
    });
    return new Response(events, {
      headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' },
    });
  });
  return new Promise((resolve) => {
    serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) =>
      resolve(`http://127.0.0.1:${port}`),
    );
  });
}

/** What counts, and what stands in its place while nothing is to be counted. */
const counting = [HistogramCell.prototype, ClusterMetrics.prototype].map((prototype) => ({
  prototype: prototype as unknown as Record<string, unknown>,
  methods: ['observe', 'ended', 'used', 'http']
    .filter((name) => Object.hasOwn(prototype, name))
    .map((name) => [name, (prototype as unknown as Record<string, unknown>)[name]] as const),
}));

function count(on: boolean): void {
  for (const { prototype, methods } of counting)
    for (const [name, method] of methods) prototype[name] = on ? method : () => {};
}

process.on('message', async (message) => {
  if (message === 'count' || message === 'do not count') count(message === 'count');
  process.send?.(await usage());
});
process.on('disconnect', () => process.exit(0));
process.send?.({ url: kind === 'bare' ? await bare() : await llambo() });
