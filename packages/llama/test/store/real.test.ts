import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { defaultModel, ModelStore, ModelStoreError } from '../../src/store/index.ts';

/** Kept between runs, and shared with every test that needs a real model. */
const home = process.env['LLAMBO_TEST_HOME'] || join(tmpdir(), 'llambo-test-home');

it('pulls the default model, whose header says what the catalogue says', async (context) => {
  const store = new ModelStore({ home });
  const model = await store.pull(defaultModel).catch((error: unknown) => {
    // A machine without any network runs all other tests.
    if (error instanceof ModelStoreError && error.code === 'unavailable') return context.skip(error.message);
    throw error;
  });
  const entry = model.catalogue!;
  expect(model.size).toBe(entry.size);
  expect(model.gguf.model).toMatchObject({
    architecture: 'llama',
    contextLength: entry.contextLength,
    kvBytesPerToken: entry.kvBytesPerToken,
    quantization: entry.quantization,
    tokenizer: 'gpt2',
    vocabSize: 49_152,
    parameters: 134_515_008,
  });
  expect(model.gguf.model.chatTemplate).toContain('<|im_start|>');
}, 180_000);
