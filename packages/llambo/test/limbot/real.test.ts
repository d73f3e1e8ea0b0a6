/** limbot and the real model. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { THREADS, tinyModel } from '../../../llama/test/engine/model.ts';
import { Orchestrator, parseConfig } from '../../src/index.ts';
import { KEY, Program } from '../cli/support/program.ts';
import { type Served, serve } from '../gateway/support.ts';

let cluster: Orchestrator;
let served: Served;
let program: Program;

beforeAll(async () => {
  const path = JSON.stringify(await tinyModel());
  const yaml = `classes: { tiny: { count: 3, model: ${path}, capacity: 2, context_size: 256 } }\nengine: { threads: ${THREADS} }`;
  cluster = await Orchestrator.start(parseConfig(yaml, 'test'));
  served = await serve(cluster);
  program = await Program.make();
}, 300_000);

afterAll(async () => {
  program?.close();
  await served?.gateway.close();
  await cluster?.stop();
});

describe('the real model', { timeout: 120_000 }, () => {
  test('a conversation longer than the context goes on, and says what it leaves out', async () => {
    const size = { columns: 100, rows: 50 };
    const options = ['--set', 'temperature=0', '--max-tokens', '12', '--addr', served.url];
    const terminal = program.terminal(['limbot', ...options], size);
    await terminal.until('You:');
    terminal.type(`What is the capital of France? Answer in one sentence.${KEY.enter}`);
    await terminal.until(/Paris[\s\S]*tok\/s/, 60);
    // A context of 256 tokens holds one such text, not two.
    const long = 'The sea is wide and the ships are small. '.repeat(12);
    terminal.type(`${KEY.paste(`One. ${long}`)}${KEY.enter}`);
    await terminal.until(/\(tiny\b[\s\S]*\(tiny\b[\s\S]*You:$/, 60);
    terminal.type(`${KEY.paste(`Two. ${long}`)}${KEY.enter}`);
    await terminal.until(/do(es)? not fit any more and (is|are) left out[\s\S]*You:$/, 60);
    terminal.type(`/stats${KEY.enter}`);
    const [, used] = /context +(\d+) of 256 tokens/.exec(
      await terminal.until(/context +\d+ of 256 tokens/),
    ) as string[];
    expect(Number(used)).toBeLessThanOrEqual(256);
    expect(terminal.all).toMatch(/answers +3\n/);
    terminal.type(`${KEY.paste(`Three. ${long}${long}`)}${KEY.enter}`);
    await terminal.until('this is too long: ');
    terminal.type(KEY.ctrlD);
    expect(await terminal.ended()).toBe(0);
  });

  test('the count of a prompt is that of the model', async () => {
    const { HttpClient } = await import('../../src/cli/client/http-client.ts');
    const client = new HttpClient(served.url);
    const messages = [
      { role: 'system' as const, content: 'Be brief.' },
      { role: 'user' as const, content: 'Hello, wie geht es dir? 你好' },
    ];
    const end = await client.chat({ messages, max_tokens: 1 }, () => {});
    expect(await client.countPrompt(undefined, messages)).toBe(end.promptTokens);
    expect(await client.context('tiny')).toBe(256);
  });

  test('nodes vote', async () => {
    const { code, stdout, stderr } = await program.run([
      'fuse',
      '-v',
      '-n',
      '3',
      '-o',
      'Paris',
      '-o',
      'Rome',
      '--addr',
      served.url,
      'What is the capital of France?',
    ]);
    expect([code, stdout]).toEqual([0, 'Paris\n']);
    expect(stderr).toMatch(/^worker-000\d: /m);
    expect(stderr).toMatch(/\d of 3 nodes, \d+% agree, /);
  });
});
