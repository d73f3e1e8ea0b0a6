import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ModelStore } from '../../src/index.ts';

/** Folder that keeps models between test runs. */
export const testHome: string = process.env['LLAMBO_TEST_HOME'] || join(tmpdir(), 'llambo-test-home');

/** Path of the default model, fetched once. */
export async function tinyModel(): Promise<string> {
  return (await new ModelStore({ home: testHome }).pull('smollm2-135m')).path;
}

/** One thread: tests share their machine with other tests, and two threads that wait for each other suffer most. */
export const THREADS = 1;
