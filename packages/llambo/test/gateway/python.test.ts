/** The OpenAI API, judged by the official client for Python: LLAMBO_PYTHON names an interpreter that has it. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { scripted } from './script.ts';
import { serve } from './support.ts';

const python = process.env.LLAMBO_PYTHON;
const script = fileURLToPath(new URL('python.py', import.meta.url));

test.skipIf(python === undefined)(
  'the Python client (LLAMBO_PYTHON is not set)',
  { timeout: 120_000 },
  async () => {
    const { cluster } = scripted({
      answer: ({ messages }) =>
        messages?.at(-1)?.content === 'call'
          ? '<tool_call>{"name":"weather","arguments":{"city":"Rome"}}</tool_call>'
          : 'Hello there',
    });
    const served = await serve(cluster);
    try {
      const { stdout } = await promisify(execFile)(python as string, [script, served.url]);
      expect(JSON.parse(stdout)).toEqual({
        chat: ['Hello there', 'stop', 4],
        stream: ['Hello there', 4],
        call: ['tool_calls', '{"city":"Rome"}'],
        completion: 'xHello there',
        embedding: 8,
        response: 'Hello there',
        'streamed response': 'Hello there',
        models: ['m'],
        error: [404, 'model_not_found'],
      });
    } finally {
      await served.gateway.close();
    }
  },
);
