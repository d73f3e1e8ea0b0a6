/** Traces: one span for each hop of a question. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { Tracer } from '../../src/metrics/tracer.ts';
import { scripted } from './script.ts';
import { serve } from './support.ts';

interface Received {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
}

/** A collector, and the spans that it got. */
async function collector(): Promise<{ url: string; spans: Received[]; server: http.Server }> {
  const spans: Received[] = [];
  const server = http.createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const { resourceSpans } = JSON.parse(text) as {
      resourceSpans: { scopeSpans: { spans: Received[] }[] }[];
    };
    spans.push(...(resourceSpans[0]?.scopeSpans[0]?.spans ?? []));
    response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, spans, server };
}

afterEach(() => vi.unstubAllEnvs());

test('a question is a span, and so is each hop of it', async () => {
  const { url, spans, server } = await collector();
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', url);
  const served = await serve(scripted().cluster);
  const trace = 'a'.repeat(32);
  const headers = { traceparent: `00-${trace}-${'b'.repeat(16)}-01` };
  await served.post('/v1/completions', { prompt: 'x' }, headers);
  await served.gateway.close();
  await expect.poll(() => spans.length, { timeout: 5000 }).toBe(6);
  server.close();
  expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([trace]));
  const idOf = (name: string) => spans.find((span) => span.name === name)?.spanId;
  expect(Object.fromEntries(spans.map(({ name, parentSpanId }) => [name, parentSpanId]))).toEqual({
    question: 'b'.repeat(16),
    'wait for a node': idOf('question'),
    'node worker-0001': idOf('question'),
    'engine queue': idOf('node worker-0001'),
    'read prompt': idOf('node worker-0001'),
    generate: idOf('node worker-0001'),
  });
  for (const { startTimeUnixNano: start, endTimeUnixNano: end } of spans)
    expect(BigInt(end) >= BigInt(start)).toBe(true);
});

test('nobody who collects costs nothing but the spans', async () => {
  const tracer = new Tracer({ endpoint: 'http://127.0.0.1:9' });
  const span = {
    trace: 'a',
    id: 'b',
    parent: undefined,
    name: 'x',
    start: 0,
    end: 1,
    attributes: { n: 1.5, ok: true },
  };
  for (let i = 0; i < 5000; i++) tracer.add(span);
  expect(tracer.dropped).toBe(5000 - 4096);
  await tracer.close();
  expect(tracer.dropped).toBe(5000);
});

test('without an endpoint there is no tracer', () => {
  expect(Tracer.fromEnvironment({})).toBeUndefined();
  expect(
    Tracer.fromEnvironment({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://x', OTEL_SDK_DISABLED: 'true' }),
  ).toBeUndefined();
});
