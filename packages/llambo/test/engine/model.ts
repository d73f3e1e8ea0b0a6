import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ModelStore } from '@llambo/llama';

/** Path of the default model, fetched once; tests of all packages share it. */
export async function tinyModel(): Promise<string> {
  const home = process.env['LLAMBO_TEST_HOME'] || join(tmpdir(), 'llambo-test-home');
  return (await new ModelStore({ home }).pull('smollm2-135m')).path;
}

/** One thread: tests share their machine with other tests, and two threads that wait for each other suffer most. */
export const THREADS = 1;
