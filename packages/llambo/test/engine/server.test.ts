/** The files of an engine, /dev/llama, as any 9P client sees them. */
import { EchoEngine, type EchoOptions, type Engine, type GenerateRequest } from '@llambo/llama';
import { Client, ORDWR, OREAD, pair, type RemoteFile, serve, unpackDirs } from '@llambo/styx';
import { afterEach, describe, expect, test } from 'vitest';
import { engineServer } from '../../src/engine/server.ts';

let closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing) close();
  closing = [];
});

async function mount(options: EchoOptions = {}, engine: Engine = new EchoEngine(options)) {
  const [a, b] = pair();
  serve(a, engineServer(engine));
  const client = await Client.connect(b);
  closing.push(() => client.close());
  const as = (uname: string, aname = ''): Promise<RemoteFile> => client.attach({ uname, aname });
  return { engine, client, as, root: await as('glenda') };
}

async function walk(root: RemoteFile, ...names: string[]): Promise<RemoteFile> {
  const { file } = await root.walk(names);
  if (file === undefined) throw new Error('file does not exist');
  return file as RemoteFile;
}

async function open(root: RemoteFile, path: string, mode = OREAD): Promise<RemoteFile> {
  const file = await walk(root, ...path.split('/'));
  await file.open(mode);
  return file;
}

const write = (file: RemoteFile, text: string): Promise<number> => file.write(0, Buffer.from(text));
const piece = async (file: RemoteFile, count = 8192): Promise<string> =>
  Buffer.from(await file.read(0, count)).toString();

async function rest(file: RemoteFile, count = 8192): Promise<string> {
  const parts: Uint8Array[] = [];
  for (let at = 0; ; ) {
    const part = await file.read(at, count);
    if (part.length === 0) return Buffer.concat(parts).toString();
    parts.push(part);
    at += part.length;
  }
}

async function session(root: RemoteFile): Promise<{ ctl: RemoteFile; data: RemoteFile; id: string }> {
  const ctl = await open(root, 'clone', ORDWR);
  const id = (await piece(ctl)).trim();
  return { ctl, id, data: await open(root, `${id}/data`, ORDWR) };
}

const names = async (root: RemoteFile): Promise<string[]> => {
  const dir = (await root.walk([])).file as RemoteFile;
  await dir.open(OREAD);
  const entries = unpackDirs(await dir.read(0, 8192)).map(({ name }) => name);
  await dir.clunk();
  return entries;
};

const ECHO = 'echo: words model tell where';
const ASK = 'raw=1 seed=3 max_tokens=5\n\nhello';

describe('a session', () => {
  test('gives the text of the answer and nothing else', async () => {
    const { root } = await mount();
    const { ctl, data, id } = await session(root);
    expect(await piece(ctl)).toBe(`${id}\n`);
    await write(data, ASK);
    expect(await rest(data)).toBe(ECHO);
    expect(await piece(data)).toBe('');
  });

  test('takes a request in many writes, and gives the answer in small reads', async () => {
    const { root } = await mount();
    const { data } = await session(root);
    for (const c of ASK) await write(data, c);
    expect(await rest(data, 3)).toBe(ECHO);
  });

  test('gives records to who wants them', async () => {
    const { root } = await mount();
    const { data } = await session(root);
    await write(data, `output=records ${ASK}`);
    const answer = await rest(data);
    expect(answer).toMatch(
      /^text 5 0\necho:\ntext 6 1\n words\n.*\nend length prompt=1 cached=0 completion=5 queue_ms=[\d.]+ prompt_ms=[\d.]+ generate_ms=[\d.]+\n$/s,
    );
  });

  test('takes one request after the other; the next write gives up what is left', async () => {
    const { root, engine } = await mount({ tokenMs: 20 });
    const { data } = await session(root);
    await write(data, 'max_tokens=1000\n\nlong');
    expect(await piece(data)).toBe('echo:');
    await write(data, 'op=tokenize\n\nthe echo');
    expect((await engine.status()).active).toBe(0);
    expect(await rest(data)).toBe('tokens 0,1\n');
  });

  test('is gone when its last file is clunked, and what it did is given up', async () => {
    const { root, engine } = await mount({ tokenMs: 20 });
    const { ctl, data, id } = await session(root);
    await ctl.clunk();
    await write(data, 'max_tokens=1000\n\nlong');
    await piece(data);
    expect((await engine.status()).active).toBe(1);
    expect(await names(root)).toEqual(['clone', 'ctl', 'status', id]);
    await data.clunk();
    expect((await engine.status()).active).toBe(0);
    expect(await names(root)).toEqual(['clone', 'ctl', 'status']);
  });

  test('tells what it does', async () => {
    const { root } = await mount({ tokenMs: 20 });
    const { data, id } = await session(root);
    const status = async () => rest(await open(root, `${id}/status`));
    expect(await status()).toBe('state=idle\n');
    await write(data, 'max_tokens=2\n\nx');
    await piece(data);
    expect(await status()).toBe('state=working op=generate tokens=1\n');
    await rest(data);
    expect(await status()).toBe('state=done op=generate tokens=2\n');
    await write(data, 'op=score\n\nx');
    await expect(rest(data)).rejects.toThrow('options must be');
    expect(await status()).toBe(
      "state=failed op=score tokens=0 why='bad-request: options must be 1 to 256 strings, none empty'\n",
    );
  });

  test('is cancelled by its ctl; the reader is told', async () => {
    const { root, engine } = await mount({ tokenMs: 20 });
    const { ctl, data } = await session(root);
    await write(data, 'max_tokens=1000\n\nlong');
    await piece(data);
    const reading = piece(data).then(() => piece(data));
    await write(ctl, 'cancel');
    await expect(reading).rejects.toThrow('cancelled: request was cancelled');
    expect((await engine.status()).active).toBe(0);
    await expect(write(ctl, 'stop')).rejects.toThrow('unknown command "stop": expected cancel');
  });

  test('a read that is flushed loses nothing', async () => {
    const { root } = await mount({ firstMs: 30 });
    const { data } = await session(root);
    await write(data, ASK);
    const stop = new AbortController();
    const flushed = data.read(0, 100, { signal: stop.signal });
    await root.stat();
    stop.abort();
    await expect(flushed).rejects.toThrow('interrupted');
    expect(await rest(data)).toBe(ECHO);
  });

  test('a clunk during a read gives up the request at its next token', async () => {
    const { root, engine } = await mount({ tokenMs: 10 });
    const { ctl, data } = await session(root);
    await write(data, 'max_tokens=1000\n\nlong');
    const reading = piece(data);
    await ctl.clunk();
    await data.clunk();
    await reading.catch(() => {});
    await expect.poll(async () => (await engine.status()).active).toBe(0);
  });

  test('reads at once are answered in their order', async () => {
    const { root } = await mount({ tokenMs: 5 });
    const { data } = await session(root);
    await write(data, 'raw=1 seed=3 max_tokens=5\n\nhello');
    const pieces = await Promise.all(Array.from({ length: 8 }, () => piece(data)));
    expect(pieces.join('')).toBe(ECHO);
    expect(pieces.slice(-2)).toEqual(['', '']);
  });

  test('without a request there is nothing to read', async () => {
    const { root } = await mount();
    const { data } = await session(root);
    expect(await piece(data)).toBe('');
    await write(data, 'op=template\n\nhi');
    expect(await rest(data)).toBe('user: hi');
  });
});

describe('other operations, as people read them', () => {
  test.each<[string, RegExp]>([
    ["op=score option=a option='b c'\n\nq", /^score -[\d.]+ 1 1\nscore -[\d.]+ 2 3\n$/],
    ['op=embed text=a\n\nb', /^(vector( -?[\d.e-]+){8}\n){2}$/],
    ['op=tokenize text=the\n\necho engine', /^tokens 0\ntokens 1,2\n$/],
    ['op=detokenize tokens=0,1', /^the echo$/],
    ['op=template system=S\n\nU', /^system: S\nuser: U$/],
    ['output=records op=detokenize tokens=0', /^text 3 -\nthe\nend done\n$/],
    ['output=records op=score option=a\n\nq', /^score -[\d.]+ 1 1\nend done\n$/],
  ])('%j', async (request, answer) => {
    const { root } = await mount();
    const { data } = await session(root);
    await write(data, request);
    expect(await rest(data)).toMatch(answer);
  });
});

describe('errors are errors of the read, never text', () => {
  test.each<[string, string]>([
    ['seed=x', 'bad-request: seed: expected an integer, got "x"'],
    ['model=m\n\nhi', "bad-request: model: only the cluster's own data file takes it, not that of one node"],
    ['temperature=5\n\nhi', 'bad-request: temperature must be a number from 0 to 2'],
    ['raw=1\n\n', 'bad-request: prompt is empty'],
    ['\n', 'bad-request: exactly one of prompt, messages and tokens is needed'],
    ["op=embed text=''", 'bad-request: text to embed is empty'],
    [
      `max_tokens=5\n\n${'word '.repeat(40)}`,
      'context-overflow: prompt of 42 tokens and 1 to generate exceed the context of 32 tokens',
    ],
  ])('%j', async (request, error) => {
    const { root } = await mount({ context: 32 });
    const { data } = await session(root);
    await write(data, request);
    await expect(piece(data)).rejects.toThrow(error);
    await expect(piece(data)).rejects.toThrow(error);
    await write(data, ASK);
    expect(await rest(data)).toBe(ECHO);
  });

  test('what is not UTF-8', async () => {
    const { root } = await mount();
    const { data } = await session(root);
    await data.write(0, Uint8Array.of(0xff, 0xfe));
    await expect(piece(data)).rejects.toThrow('bad-request: request is not UTF-8');
  });

  test('more than 8 MiB', async () => {
    const { root } = await mount();
    const { data } = await session(root);
    await data.write(0, new Uint8Array(8 << 20).fill(97));
    await expect(write(data, 'a')).rejects.toThrow('bad-request: file too large');
  });

  test('an engine that dies: after the text that it gave', async () => {
    const { root, engine } = await mount({ tokenMs: 10 });
    const { data } = await session(root);
    await write(data, 'max_tokens=1000\n\nlong');
    expect(await piece(data)).toBe('echo:');
    await engine.close();
    await expect(rest(data)).rejects.toThrow('engine-gone: engine is gone: closed');
  });
});

describe('callers', () => {
  test('are who attached, with what the aname says', async () => {
    const asked: GenerateRequest[] = [];
    const echo = new EchoEngine();
    const engine: Engine = Object.assign(Object.create(echo) as Engine, {
      generate(request: GenerateRequest, sink: Parameters<Engine['generate']>[1]) {
        asked.push(request);
        return echo.generate(request, sink);
      },
    });
    const { as } = await mount({}, engine);
    for (const [uname, aname, request] of [
      ['worker-0001', '', 'max_tokens=1\n\nx'],
      ['worker-0002', "weight=0.1 tenant='a b'", 'max_tokens=1\n\nx'],
      ['worker-0003', 'weight=2', 'max_tokens=1 tenant=mine\n\nx'],
      ['worker-0004', 'tenant=theirs', 'max_tokens=1 tenant=mine\n\nx'],
    ] as const) {
      const { data } = await session(await as(uname, aname));
      await write(data, request);
      await rest(data);
    }
    expect(asked.map(({ caller }) => caller)).toEqual([
      { id: 'worker-0001' },
      { id: 'worker-0002', weight: 0.1, tenant: 'a b' },
      { id: 'worker-0003', weight: 2, tenant: 'mine' },
      { id: 'worker-0004', tenant: 'theirs' },
    ]);
  });

  test('see their own sessions only', async () => {
    const { as } = await mount();
    const [mine, other] = [await as('a'), await as('b')];
    const { id } = await session(mine);
    expect(await names(mine)).toContain(id);
    expect(await names(other)).not.toContain(id);
    await expect(other.walk([id, 'data'])).rejects.toThrow('file does not exist');
  });

  test('cannot fill the engine with what they write and never read', async () => {
    const { as } = await mount();
    const [mine, other] = [await as('a'), await as('b')];
    const whole = new Uint8Array(8 << 20).fill(97);
    const files = [];
    for (let i = 0; i < 8; i++) {
      files.push((await session(mine)).data);
      await files[i]?.write(0, whole);
    }
    const late = (await session(mine)).data;
    await expect(write(late, 'a')).rejects.toThrow('queue-full: too many requests are written and not read');
    await write((await session(other)).data, 'a');
    await files[0]?.clunk();
    await write(late, ASK);
    await piece(files[1] as RemoteFile).catch(() => {});
    expect(await rest(late)).toBe(ECHO);
  });

  test('cannot fill it with sessions', async () => {
    const { as } = await mount();
    const [mine, other] = [await as('a'), await as('b')];
    const open = async (root: RemoteFile): Promise<RemoteFile> => {
      const file = await walk(root, 'clone');
      await file.open(ORDWR);
      return file;
    };
    const opened = await Promise.all(Array.from({ length: 4096 }, () => open(mine)));
    await expect(open(mine)).rejects.toThrow('queue-full: 4096 sessions are open');
    await open(other);
    await opened[0]?.clunk();
    await open(mine);
  });

  test('cancel their own requests only', async () => {
    const { as } = await mount({ tokenMs: 20 });
    const [mine, other] = [await as('a'), await as('b')];
    const [first, second] = [await session(mine), await session(other)];
    for (const { data } of [first, second]) {
      await write(data, 'max_tokens=3\n\nx');
      await piece(data);
    }
    await write(await open(other, 'ctl', ORDWR), 'cancel');
    await expect(rest(second.data)).rejects.toThrow('cancelled');
    expect(await rest(first.data)).not.toBe('');
  });
});

test('what 64 requests get in one step leaves in one write', async () => {
  const sinks: Parameters<Engine['generate']>[1][] = [];
  const echo = new EchoEngine();
  const engine = Object.assign(Object.create(echo) as Engine, {
    generate(_request: GenerateRequest, sink: Parameters<Engine['generate']>[1]) {
      sinks.push(sink);
      return { cancel() {} };
    },
  });
  const [a, b] = pair();
  let writes = 0;
  const send = a.send.bind(a);
  a.send = (chunks, sent) => {
    writes++;
    send(chunks, sent);
  };
  serve(a, engineServer(engine));
  const client = await Client.connect(b);
  closing.push(() => client.close());
  const root = await client.attach({ uname: 'glenda' });
  const files = await Promise.all(Array.from({ length: 64 }, () => session(root)));
  for (const { data } of files) await write(data, `output=records ${ASK}`);
  const reads = files.map(({ data }) => piece(data));
  await root.stat();
  expect(sinks).toHaveLength(64);
  writes = 0;
  const usage = {
    promptTokens: 1,
    cachedTokens: 0,
    completionTokens: 1,
    queueMs: 0,
    promptMs: 0,
    generateMs: 0,
  };
  for (const sink of sinks) {
    sink.chunk({ text: 'a', tokens: [1] });
    sink.chunk({ text: 'b', tokens: [2] });
    sink.finish({ reason: 'stop', usage });
  }
  const answers = await Promise.all(reads);
  expect(writes).toBe(1);
  expect(new Set(answers).size).toBe(1);
  expect(answers[0]).toMatch(/^text 1 1\na\ntext 1 2\nb\nend stop /);
});
