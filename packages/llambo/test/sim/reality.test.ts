import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { measuredCurve, readingCost } from '../../src/sim/curve.ts';
import { ask } from '../../src/sim/load.ts';
import { measureCurve } from '../../src/sim/measure.ts';
import { compareWithReality, formatReality, makeTrace, rateFor } from '../../src/sim/reality.ts';

const curve = {
  model: 'm',
  machine: 'one',
  threads: 1,
  measured: '2026-01-01',
  decode: [
    [1, 10],
    [64, 300],
  ],
  read: [
    [20, 70],
    [120, 370],
  ],
  warmUpMs: 0,
} as const;

describe('a real cluster', () => {
  let server: Server;
  let url: string;

  /** Answers like the gateway: a piece a token, the usage, the end. */
  beforeAll(async () => {
    server = createServer((request, response) => {
      let text = '';
      request.on('data', (data: Buffer) => {
        text += data;
      });
      request.on('end', async () => {
        const { prompt, max_tokens: tokens } = JSON.parse(text) as { prompt: string; max_tokens: number };
        if (prompt.length > 5000) {
          response.writeHead(503).end('{"error":{"message":"cluster is at its limit"}}');
          return;
        }
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        for (let i = 0; i < tokens; i++) {
          await new Promise((resolve) => setTimeout(resolve, 1));
          response.write(`data: {"choices":[{"text":"a","finish_reason":null}]}\n\n`);
        }
        response.write(`data: {"choices":[{"text":"","finish_reason":"length"}]}\n\n`);
        const usage = { prompt_tokens: prompt.split(' ').length, completion_tokens: tokens };
        response.end(`data: ${JSON.stringify({ choices: [], usage })}\n\ndata: [DONE]\n\n`);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(() => server.close());

  it('is asked for exactly so many tokens', async () => {
    const answer = await ask(url, { prompt: 10, tokens: 7 });
    expect(answer.tokens).toBe(7);
    expect(answer.pieces).toHaveLength(7);
    expect(answer.firstMs).toBeLessThanOrEqual(answer.totalMs);
    await expect(ask(url, { prompt: 2000, tokens: 1 })).rejects.toThrow('cluster answered 503');
  });

  it('is measured, and compared with its simulation', async () => {
    const measured = await measureCurve({ url, model: 'm', most: 3, tokens: 8 });
    expect(measured.decode.map(([batch]) => batch)).toEqual([1, 2, 3]);
    expect(measured.read).toHaveLength(4);
    const reality = await compareWithReality({
      url,
      nodes: 3,
      capacity: 1,
      curve: { ...measured, read: curve.read },
      strategy: 'least-loaded',
      seconds: 1,
      load: 2,
    });
    expect(reality.requests).toBeGreaterThan(0);
    expect(formatReality(reality)).toContain(`${reality.requests} requests`);
  });
});

it('makes the same trace for the same seed, at about the rate', () => {
  const trace = makeTrace(1000, 2, 7);
  expect(makeTrace(1000, 2, 7)).toEqual(trace);
  expect(Math.abs(trace.length - 2000)).toBeLessThan(200);
  const mean = trace.reduce((sum, { tokens }) => sum + tokens, 0) / trace.length;
  expect(Math.abs(mean - 48)).toBeLessThan(3);
});

it('knows how many requests a second an engine bears', () => {
  expect(readingCost(curve)).toEqual({ perToken: 3, outside: 10 });
  // 48 tokens at 64 a 0.3 s and 48 read at 3 ms each: 0.369 s of the engine a request.
  expect(rateFor(curve, 64, 1)).toBeCloseTo(1 / (48 * (0.3 / 64) + 48 * 0.003), 6);
  expect(measuredCurve(curve).rate(64)).toBeCloseTo(64 / 0.3);
});
