import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { EchoEngine } from '@llambo/llama';
import { expect, test } from 'vitest';
import { engineServer } from '../../src/engine/server.ts';
import { compileFile } from '../../src/host/library.ts';
import { parseRequest } from '../../src/wire/request.ts';
import { startBench } from './helper.ts';
import { run } from './run.ts';

const example = (name: string): Promise<Uint8Array> =>
  compileFile(fileURLToPath(new URL(`../../../../examples/${name}.b`, import.meta.url)));

/** The last word of the user, and all of the chat, of a request. */
function chatOf(request: string): { last: string; turns: number; system: string } {
  const parsed = parseRequest(request);
  if (parsed.op !== 'generate') throw new Error(parsed.op);
  const messages = parsed.request.messages ?? [];
  return {
    last: messages.at(-1)?.content ?? '',
    turns: messages.filter(({ role }) => role === 'user').length,
    system: messages.find(({ role }) => role === 'system')?.content ?? '',
  };
}

test('mapreduce summarises the pieces of a long text, then the summaries', async () => {
  const { fs, engine } = await startBench();
  engine.reply = (request) => `[${chatOf(request).last.slice(0, 3)}]`;
  const line = (n: number): string => `${String(n).padStart(3, '0')} ${'x'.repeat(95)}\n`;
  const text = Array.from({ length: 60 }, (_, n) => line(n)).join('');
  const { stdout, stderr, status } = await run(fs, await example('mapreduce'), { input: text });
  expect({ stdout, stderr, status }).toEqual({
    stdout: '[[00]\n',
    stderr: 'round 1: 3 pieces\nround 2: 1 pieces\n',
    status: "status=''",
  });
  expect(engine.requests.map((request) => chatOf(request).last.slice(0, 5)).sort()).toEqual([
    '000 x',
    '020 x',
    '040 x',
    '[000]'.slice(0, 5),
  ]);
});

test('judge takes the option of the highest log-probability a byte', async () => {
  const { fs } = await startBench(1, {
    launch: async () => {
      const echo = new EchoEngine({ name: 'm' });
      echo.score = async ({ options, prompt }) => {
        expect(prompt).toBe("What's true?");
        return options.map((option) => ({
          logprob: option === ' yes' ? -2 : -9,
          tokens: 1,
          bytes: option.length,
        }));
      };
      return { target: engineServer(echo), close: () => echo.close() };
    },
  });
  const judge = await example('judge');
  const quoted = (word: string): string => `'${word.replaceAll("'", "''")}'`;
  const args = ['judge', "What's true?", ' no way', ' yes', ' maybe'].map(quoted);
  expect(await run(fs, judge, { args })).toEqual({
    stdout: '  -1.286  no way\n  -0.500  yes\n  -1.500  maybe\nbest: yes\n',
    stderr: '',
    status: "status=''",
  });
  expect((await run(fs, judge, { args: ['judge'] })).status).toBe(
    "status='usage: judge QUESTION OPTION OPTION ...'",
  );
});

test('extract asks again, in the same chat, until the answer is right', async () => {
  const { fs, engine } = await startBench();
  const answers = ['I do not know.', 'Here: {"name": "Ada"}', '{"name": "Ada", "year": 1815}'];
  engine.reply = (request) => answers[chatOf(request).turns - 1] as string;
  const { stdout, stderr, status } = await run(fs, await example('extract'), {
    args: ['extract', 'name', 'year'],
    input: 'Ada Lovelace was born in 1815.',
  });
  expect(JSON.parse(stdout)).toEqual({ name: 'Ada', year: 1815 });
  expect(stderr).toBe('try 1: there is no JSON object in it\ntry 2: member "year" is missing\n');
  expect(status).toBe("status=''");
  engine.reply = () => 'never';
  expect((await run(fs, await example('extract'), { args: ['extract', 'x'], input: 'y' })).status).toBe(
    "status='no answer was right'",
  );
});

test('chain drafts with one model and improves with another, a mounted file', async () => {
  const { fs, host, engine } = await startBench(2);
  engine.reply = (request) => {
    const { last } = chatOf(request);
    return last.startsWith('Question:')
      ? `better than ${/Draft of an answer: (.*)/.exec(last)?.[1]}`
      : `draft of ${last}`;
  };
  const { stdout, stderr } = await run(fs, await example('chain'), {
    args: ['chain', '/n/cluster/worker-0002/data', "'What is AI?'"],
    lines: [`mount ${host.address} /n/cluster`],
  });
  expect(stdout).toBe('better than draft of What is AI?\n');
  expect(stderr).toBe('draft: draft of What is AI?\n');
  expect(engine.callers.map((caller) => caller.split(' ')[0]?.replace(/^run.*@/, 'run@'))).toEqual([
    'run@worker-0001',
    'worker-0002',
  ]);
});

test('each example says how it is run', () => {
  for (const name of ['mapreduce', 'judge', 'extract', 'chain']) {
    const path = fileURLToPath(new URL(`../../../../examples/${name}.b`, import.meta.url));
    expect(readFileSync(path, 'utf8')).toMatch(
      new RegExp(`^#\\t.*llamboctl run .*examples/${name}\\.b`, 'm'),
    );
  }
});
