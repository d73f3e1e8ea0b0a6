/** This machine as a part of a cluster: the host process, host(8), under the user's eyes. */
import { hostname } from 'node:os';
import { UsageError } from '../errors.ts';
import type { Parsed } from '../spec.ts';

export async function run(_args: readonly string[], parsed: Parsed): Promise<number> {
  const join = parsed.text('join');
  if (join === undefined) throw new UsageError('--join is missing', 'llamboctl host --join tcp!ADDRESS!PORT');
  const attributes = {
    name: parsed.text('name') ?? hostname(),
    listen: parsed.text('listen') ?? (parsed.text('cert') === undefined ? 'tcp!*!0' : 'tls!*!0'),
    join,
    threads: parsed.text('threads'),
    memory: parsed.text('memory'),
    cpus: parsed.text('cpus'),
    engine_threads: parsed.text('engine-threads'),
    kind: parsed.text('kind'),
    address: parsed.text('address'),
    orphan: parsed.text('orphan'),
    cert: parsed.text('cert'),
    key: parsed.text('key'),
    ca: parsed.text('ca'),
  };
  const token = parsed.text('token');
  if (token !== undefined) process.env['LLAMBO_TOKEN'] = token;
  const words = Object.entries(attributes).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${value}`],
  );
  process.argv.splice(2, process.argv.length, ...words);
  await import('../../host/main.ts');
  return new Promise(() => {}); // the host ends the process when it ends
}
