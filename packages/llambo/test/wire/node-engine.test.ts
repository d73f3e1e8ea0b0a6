import { collect, EchoEngine, type EchoOptions, type Engine, type LlamaError } from '@llambo/llama';
import { Client, type File, pair, StyxError, serve, uninterrupted } from '@llambo/styx';
import { dir, file, serveTree, text } from '@llambo/styx/fs';
import { describe, expect, test } from 'vitest';
import { engineServer } from '../../src/engine/server.ts';
import { dataFile } from '../../src/wire/data-file.ts';
import { NodeEngine } from '../../src/wire/node-engine.ts';
import { perform } from '../../src/wire/perform.ts';
import { sessionData } from '../../src/wire/session.ts';

/** The ways on which a NodeEngine may reach an engine. */
const ways: readonly [string, (engine: Engine) => Promise<{ node: NodeEngine; cut: () => void }>][] = [
  [
    'a file of this process',
    async (engine) => {
      const root = await engineServer(engine).attach({ uname: 'w', aname: '' }, uninterrupted);
      return { node: new NodeEngine(sessionData(() => root)), cut: () => void engine.close() };
    },
  ],
  [
    'a session over 9P',
    async (engine) => {
      const [a, b] = pair();
      serve(a, engineServer(engine));
      const root = await (await Client.connect(b)).attach({ uname: 'w' });
      return { node: new NodeEngine(sessionData(() => root)), cut: () => a.destroy() };
    },
  ],
  [
    'a data file over 9P, in messages of 300 bytes',
    async (engine) => {
      const data = dataFile((request, answer) => perform(engine, request, undefined, answer));
      const [a, b] = pair();
      serve(a, serveTree(dir({ data })), { msize: 300 });
      const root = await (await Client.connect(b)).attach({ uname: 'w' });
      const open = async (): Promise<File> => (await root.walk(['data'])).file as File;
      return { node: new NodeEngine(open), cut: () => a.destroy() };
    },
  ],
  [
    'a data file over 9P, in one go',
    async (engine) => {
      const data = dataFile((request, answer) => perform(engine, request, undefined, answer));
      const [a, b] = pair();
      serve(a, serveTree(dir({ worker: dir({ data }) })));
      const root = await (await Client.connect(b)).attach({ uname: 'w' });
      return { node: new NodeEngine(() => ({ root, names: ['worker', 'data'] })), cut: () => a.destroy() };
    },
  ],
];

const code = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'no error',
    (error: LlamaError) => error.code,
  );

describe.each(ways)('by %s', (_name, way) => {
  const set = async (options: EchoOptions = {}) => {
    const engine = new EchoEngine(options);
    const { node, cut } = await way(engine);
    return { engine, node, cut, asEngine: node as unknown as Engine };
  };

  test('answers are those of the engine', async () => {
    const { engine, asEngine } = await set();
    const request = { messages: [{ role: 'user', content: "it's\n\nme" }], maxTokens: 20, seed: 4 };
    const { usage: _, ...expected } = await collect(engine, request);
    const { usage, ...got } = await collect(asEngine, request);
    expect(got).toEqual(expected);
    expect(usage).toMatchObject({ promptTokens: 3, completionTokens: 20 });
    const resumed = await collect(asEngine, { ...request, resume: got.tokens.slice(0, 7) });
    expect(got.text.endsWith(resumed.text)).toBe(true);
    expect(resumed.tokens).toHaveLength(13);
  });

  test('so are scores, vectors, tokens, texts', async () => {
    const { engine, node } = await set();
    const question = { prompt: 'a', options: ['b c', '\n'] };
    expect(await node.score(question)).toEqual(await engine.score(question));
    const texts = Array.from({ length: 20 }, (_, i) => `text ${i}`);
    expect(await node.embed(texts)).toEqual(await engine.embed(texts));
    expect(await node.tokenize('the echo')).toEqual([0, 1]);
    expect(await node.detokenize([0, 1])).toBe('the echo');
    expect(await node.applyTemplate([{ role: 'user', content: 'x' }])).toBe('user: x');
    expect(await node.embed([])).toEqual([]);
  });

  test('errors keep their codes', async () => {
    const { node, asEngine } = await set({ context: 8 });
    expect(await code(collect(asEngine, {}))).toBe('bad-request');
    expect(await code(collect(asEngine, { prompt: 'one two three four five six seven eight' }))).toBe(
      'context-overflow',
    );
    expect(await code(node.score({ prompt: 'a', options: [] }))).toBe('bad-request');
    expect(await code(collect(asEngine, { prompt: 'x'.repeat(9 << 20) }))).toBe('bad-request');
  });

  test('cancelling ends it at once, and frees the place', async () => {
    const { engine, asEngine } = await set({ tokenMs: 1000 });
    const before = new AbortController();
    before.abort();
    expect(await code(collect(asEngine, { prompt: 'x' }, before.signal))).toBe('cancelled');
    const stop = new AbortController();
    const asked = code(collect(asEngine, { prompt: 'x', maxTokens: 1000 }, stop.signal));
    await expect.poll(async () => (await engine.status()).active).toBe(1);
    stop.abort();
    expect(await asked).toBe('cancelled');
    await expect.poll(async () => (await engine.status()).active, { timeout: 900 }).toBe(0);
  });

  test('a request that cancels itself at its first chunk hears nothing more', async () => {
    const { asEngine } = await set();
    const heard: string[] = [];
    const generation = asEngine.generate(
      { prompt: 'x', maxTokens: 50 },
      {
        chunk() {
          heard.push('chunk');
          generation.cancel();
        },
        finish: () => heard.push('finish'),
        error: (error) => heard.push((error as LlamaError).code),
      },
    );
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(heard).toEqual(['chunk', 'cancelled']);
    generation.cancel();
    expect(heard).toHaveLength(2);
  });

  test('a way that breaks is an engine that is gone', async () => {
    const { node, asEngine, cut } = await set({ tokenMs: 5 });
    const asked = code(collect(asEngine, { prompt: 'x', maxTokens: 1000 }));
    await new Promise((resolve) => setTimeout(resolve, 30));
    cut();
    expect(await asked).toBe('engine-gone');
    expect(await code(collect(asEngine, { prompt: 'x' }))).toBe('engine-gone');
    if (_name !== ways[0]?.[0]) expect(await code(node.embed(['x']))).toBe('engine-gone');
  });
});

describe('servers that break their word', () => {
  const answers = (open: () => File | Promise<File>): Promise<string> =>
    collect(new NodeEngine(open) as unknown as Engine, { prompt: 'x' }).then(
      ({ text }) => `text ${text}`,
      (error: LlamaError) => `${error.code}: ${error.message}`,
    );
  const reading =
    (...pieces: (string | Error)[]) =>
    async (): Promise<File> => {
      const tree = dir({
        data: file(() => ({
          write: (_offset, data) => data.length,
          read() {
            const piece = pieces.shift() ?? '';
            if (piece instanceof Error) throw piece;
            return Buffer.from(piece);
          },
        })),
      });
      const root = await serveTree(tree).attach({ uname: 'w', aname: '' }, uninterrupted);
      return (await root.walk(['data'], uninterrupted)).file as File;
    };

  test.each<[string, (string | Error)[], string]>([
    ['nothing at all', [], 'engine-gone: engine is gone: its answer ended early'],
    ['no end', ['text 1 1\na\n'], 'engine-gone: engine is gone: its answer ended early'],
    ['half a record', ['text 9 1\na'], 'engine-gone: engine is gone: its answer ended early'],
    ['the wrong end', ['end done\n'], 'engine-gone: engine is gone: its answer has no end'],
    ['no records', ['Hello!'], 'engine-gone: engine is gone: its answer ended early'],
    ['a line of text', ['Hello!\n'], 'engine-gone: engine is gone: its answer makes no sense: "Hello!"'],
    ['an error of the request', [new StyxError('queue-full: wait')], 'queue-full: wait'],
    ['an error after text', ['text 1 1\na\n', new StyxError('native: crash')], 'native: crash'],
    [
      'an error of the file',
      [new StyxError('i/o on hungup channel')],
      'engine-gone: engine is gone: i/o on hungup channel',
    ],
  ])('%s', async (_name, pieces, expected) => {
    expect(await answers(reading(...pieces))).toBe(expected);
  });

  test('a file that is not there, or not for us', async () => {
    expect(
      await answers(() => {
        throw new StyxError('file does not exist');
      }),
    ).toBe('engine-gone: engine is gone: file does not exist');
    const tree = dir({ data: text(() => 'read only') });
    const root = await serveTree(tree).attach({ uname: 'w', aname: '' }, uninterrupted);
    const open = async (): Promise<File> => (await root.walk(['data'], uninterrupted)).file as File;
    expect(await answers(open)).toBe('engine-gone: engine is gone: permission denied');
  });
});
