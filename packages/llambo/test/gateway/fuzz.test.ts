/**
 * The OpenAPI document against the gateway, by schemathesis (Python): LLAMBO_SCHEMATHESIS names the program. Its check
 * that all data of the schemas is taken is left out: rules between members (one of two, a name among others) have no words
 * in a schema, and are refused with 400 as the document says.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { EchoModels, startEcho } from '../cluster/support.ts';
import { serve } from './support.ts';

const program = process.env.LLAMBO_SCHEMATHESIS;
const SECONDS = Number(process.env.LLAMBO_FUZZ_SECONDS ?? 150);

test.skipIf(program === undefined)(
  'no request makes an error of the server (LLAMBO_SCHEMATHESIS is not set)',
  { timeout: (SECONDS + 120) * 1000 },
  async () => {
    const cluster = await startEcho(
      new EchoModels(),
      'queue: 500\nclasses: { tiny: { count: 8, model: m, capacity: 4 } }',
    );
    const served = await serve(cluster);
    try {
      const options = [
        ...['--exclude-path', '/api/v1/events', '--exclude-checks', 'positive_data_acceptance'],
        ...['--max-time', String(SECONDS), '--request-timeout', '30', '--no-color', '--continue-on-failure'],
      ];
      const run = promisify(execFile)(program as string, ['run', `${served.url}/openapi.json`, ...options]);
      const { stdout } = await run.catch((error: { stdout?: string }) => ({
        stdout: error.stdout ?? String(error),
      }));
      expect(stdout).not.toMatch(/^Failures:/m);
      expect(stdout).toMatch(/\d+ generated, \d+ passed/);
      expect((await fetch(`${served.url}/ready`)).status).toBe(200);
    } finally {
      await served.gateway.close();
      await cluster.stop();
    }
  },
);
