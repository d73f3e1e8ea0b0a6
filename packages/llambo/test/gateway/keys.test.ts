/** Who may use the cluster: keys, scopes, limits, other sites, TLS. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { KeyLimits } from '../../src/cluster/admission/index.ts';
import { startGateway } from '../../src/index.ts';
import { KeyStore } from '../../src/keys/index.ts';
import { formatKey, NAME, parseKey } from '../../src/keys/key.ts';
import { scripted } from './script.ts';
import { type Served, serve } from './support.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'llambo-keys-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let serial = 0;
const newStore = () => new KeyStore(join(folder, `keys-${++serial}`));

describe('the store', () => {
  test('makes keys, finds them by their secret, and forgets them', () => {
    const store = newStore();
    expect(store.empty).toBe(true);
    const { secret, record } = store.create({ name: 'laptop', scopes: ['infer'] });
    expect(secret).toMatch(/^llambo_[a-zA-Z0-9]{8}_[a-zA-Z0-9]{32}$/);
    expect(store.find(secret)).toEqual(record);
    expect(store.find(`${secret.slice(0, -1)}${secret.endsWith('x') ? 'y' : 'x'}`)).toBeUndefined();
    expect(store.revoke('laptop')).toEqual(record);
    expect(store.find(secret)).toBeUndefined();
    expect(store.list()).toEqual([]);
  });

  test('keeps no secret, and lets nobody else read it', () => {
    const store = newStore();
    const { secret } = store.create({ name: 'a', scopes: ['admin'], limits: { tokensPerMinute: 5 } });
    const text = readFileSync(store.file, 'utf8');
    expect(text).not.toContain(secret.slice(16));
    expect(text).toMatch(
      /^id=\S{8} name=a scopes=admin created=\S+ tokens_per_minute=5 hash=[0-9a-f]{64}\n$/,
    );
    expect(statSync(store.file).mode & 0o777).toBe(0o600);
  });

  test('sees what another process wrote', () => {
    const store = newStore();
    const { secret } = new KeyStore(store.file).create({ name: 'other', scopes: ['infer'] });
    expect(store.list().map(({ name }) => name)).toEqual(['other']);
    expect(store.find(secret)?.name).toBe('other');
  });

  test.each([
    ['a bad name', { name: 'a b', scopes: ['infer'] }, /key name "a b"/],
    [
      'an unknown scope',
      { name: 'a', scopes: ['root'] },
      /scope root is unknown; scopes: infer, operate, admin/,
    ],
    ['no scope', { name: 'a', scopes: [] }, /at least one scope/],
    ['a limit of nothing', { name: 'a', scopes: ['infer'], limits: { concurrency: 0 } }, /concurrency/],
  ])('refuses %s', (_name, key, message) => {
    const store = newStore();
    expect(() => store.create(key)).toThrow(message);
    expect(store.empty).toBe(true);
  });

  test('refuses a name that is taken, and to revoke what is not there', () => {
    const store = newStore();
    store.create({ name: 'a', scopes: ['infer'] });
    expect(() => store.create({ name: 'a', scopes: ['infer'] })).toThrow(/named a already/);
    expect(() => store.revoke('b')).toThrow(/no key with id or name b/);
  });

  test('says which line is damaged', () => {
    const store = newStore();
    writeFileSync(store.file, '# comment\n\nid=abc\n');
    expect(() => store.list()).toThrow(/line 3 has no valid created=/);
  });

  test('a lock that was left behind does not last', () => {
    const store = newStore();
    writeFileSync(`${store.file}.lock`, '');
    expect(() => store.create({ name: 'a', scopes: ['infer'] })).toThrow(/another process is changing/);
    utimesSync(`${store.file}.lock`, 0, 0);
    expect(store.create({ name: 'a', scopes: ['infer'] }).record.name).toBe('a');
  });

  test('every key is read as it was written, and damage is an error', () => {
    const limit = fc.option(fc.integer({ min: 1, max: 1e9 }), { nil: undefined });
    const key = fc.record({
      id: fc.stringMatching(/^[a-zA-Z0-9]{8}$/),
      name: fc.stringMatching(NAME),
      scopes: fc.constantFrom(['infer'], ['operate', 'admin'], ['infer', 'operate', 'admin']),
      limits: fc.record({ requestsPerMinute: limit, tokensPerMinute: limit, concurrency: limit }),
      createdAt: fc.integer({ min: 0, max: 4e12 }),
      hash: fc.stringMatching(/^[0-9a-f]{64}$/),
    });
    fc.assert(
      fc.property(key, (record) => {
        expect(parseKey(formatKey(record as never), 1)).toEqual(record);
      }),
    );
    fc.assert(
      fc.property(fc.string(), (line) => {
        expect(() => parseKey(line, 7)).toThrow(/line 7/);
      }),
    );
  });
});

describe('a cluster with keys', () => {
  let served: Served;
  let store: KeyStore;
  const secrets: Record<string, string> = {};
  beforeAll(async () => {
    store = newStore();
    for (const scope of ['infer', 'operate', 'admin']) {
      secrets[scope] = store.create({ name: scope, scopes: [scope] }).secret;
    }
    secrets.limited = store.create({
      name: 'limited',
      scopes: ['infer'],
      limits: { requestsPerMinute: 2 },
    }).secret;
    served = await serve(scripted().cluster, { keys: store });
  });
  afterAll(() => served.gateway.close());

  const status = async (path: string, headers: Record<string, string> = {}, body?: unknown) => {
    const response =
      body === undefined
        ? await fetch(served.url + path, { headers })
        : await served.post(path, body, headers);
    await response.body?.cancel();
    return response.status;
  };
  const bearer = (name: string) => ({ authorization: `Bearer ${secrets[name]}` });
  const question = { prompt: 'x', max_tokens: 1 };

  test.each([
    ['/v1/models', 'infer', 200],
    ['/v1/models', 'operate', 403],
    ['/v1/models', 'admin', 200],
    ['/api/v1/nodes', 'infer', 403],
    ['/api/v1/nodes', 'operate', 200],
    ['/api/v1/nodes', 'admin', 200],
    ['/metrics', 'infer', 403],
    ['/metrics', 'operate', 200],
    ['/api/tags', 'infer', 200],
  ])('%s with a key for %s: %i', async (path, scope, expected) => {
    expect(await status(path, bearer(scope))).toBe(expected);
  });

  test('without a key, or with a wrong one, only the health is told', async () => {
    for (const path of ['/v1/models', '/api/v1/status', '/metrics', '/api/tags']) {
      expect([path, await status(path)]).toEqual([path, 401]);
      expect([path, await status(path, { authorization: 'Bearer llambo_aaaaaaaa_bad' })]).toEqual([
        path,
        401,
      ]);
    }
    for (const path of ['/health', '/ready', '/api/version', '/', '/docs', '/openapi.json']) {
      expect([path, await status(path)]).toEqual([path, 200]);
    }
  });

  test('Anthropic clients bring it in a header of their own', async () => {
    expect(await status('/v1/models', { 'x-api-key': secrets.infer as string })).toBe(200);
  });

  test('a key over its limit is told when to come back', async () => {
    const codes = [];
    for (let i = 0; i < 3; i++) codes.push(await status('/v1/completions', bearer('limited'), question));
    expect(codes).toEqual([200, 200, 429]);
    const refused = await served.post('/v1/completions', question, bearer('limited'));
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({ error: { code: 'rate_limit_exceeded' } });
  });

  test('what a model only reads counts, too', async () => {
    const make = (limits: KeyLimits) => ({
      authorization: `Bearer ${store.create({ name: `k${store.list().length}`, scopes: ['infer'], limits }).secret}`,
    });
    const few = make({ requestsPerMinute: 5 });
    const messages = [{ role: 'user', content: 'x' }];
    const asked: [string, unknown][] = [
      ['/v1/embeddings', { input: 'x' }],
      ['/tokenize', { content: 'x' }],
      ['/detokenize', { tokens: [1] }],
      ['/apply-template', { messages }],
      ['/v1/messages/count_tokens', { model: 'm', messages }],
    ];
    for (const [path, body] of asked) expect([path, await status(path, few, body)]).not.toEqual([path, 429]);
    for (const [path, body] of asked) expect([path, await status(path, few, body)]).toEqual([path, 429]);
    const short = make({ tokensPerMinute: 100 });
    const documents = ['a'.repeat(500)];
    const rerank = { query: 'x', documents };
    expect(await status('/v1/rerank', short, rerank)).not.toBe(429);
    expect(await status('/v1/rerank', short, rerank)).toBe(429);
    expect(await status('/tokenize', short, { content: 'x' })).not.toBe(429);
  });

  test.each([
    ['drain worker-0001', 'operate', 200],
    ['scale tiny 1', 'infer', 403],
    ['limit maximum 5', 'operate', 403],
    ['shutdown', 'operate', 403],
    ['limit maximum 5', 'admin', 200],
    ['nonsense', 'operate', 400],
    ['drain worker-0001\nshutdown', 'operate', 400],
  ])('the command %j with a key for %s: %i', async (command, scope, expected) => {
    expect(await status('/api/v1/ctl', bearer(scope), { command })).toBe(expected);
  });

  test('a stream is found only with the key that began it', async () => {
    const id = { 'x-request-id': 'mine' };
    await (
      await served.post('/v1/completions', { ...question, stream: true }, { ...bearer('infer'), ...id })
    ).text();
    expect(await status('/v1/streams/mine', bearer('infer'))).toBe(200);
    expect(await status('/v1/streams/mine', bearer('admin'))).toBe(404);
  });

  test('a revoked key is worth nothing within a second', async () => {
    const { secret } = store.create({ name: 'short', scopes: ['infer'] });
    const headers = { authorization: `Bearer ${secret}` };
    expect(await status('/v1/models', headers)).toBe(200);
    new KeyStore(store.file).revoke('short');
    await expect.poll(() => status('/v1/models', headers), { timeout: 5000 }).toBe(401);
  });

  test('a WebSocket without it is refused with the reason', async () => {
    const { hostname, port } = new URL(served.url);
    const code = await new Promise((resolve) => {
      const headers = {
        connection: 'upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'x',
      };
      http.get({ hostname, port, path: '/api/v1/styx', headers }, (response) =>
        resolve(response.resume().statusCode),
      );
    });
    expect(code).toBe(401);
  });
});

describe('other sites', () => {
  let served: Served;
  afterEach(() => served.gateway.close());

  const ask = (
    path: string,
    headers: Record<string, string>,
  ): Promise<{ code: number | undefined; cors: unknown }> => {
    const { hostname, port } = new URL(served.url);
    return new Promise((resolve, reject) => {
      http
        .get({ hostname, port, path, headers }, (response) => {
          response.resume();
          resolve({ code: response.statusCode, cors: response.headers['access-control-allow-origin'] });
        })
        .on('error', reject);
    });
  };

  test('may not ask, be it by their own name for this machine', async () => {
    served = await serve(scripted().cluster);
    const { host } = new URL(served.url);
    expect(await ask('/api/v1/status', { origin: 'https://evil.example' })).toEqual({
      code: 403,
      cors: undefined,
    });
    expect(await ask('/api/v1/status', { host: 'evil.example' })).toMatchObject({ code: 403 });
    expect(await ask('/api/v1/status', { origin: `http://${host}` })).toMatchObject({ code: 200 });
    expect(await ask('/api/v1/status', { host: 'localhost:8640' })).toMatchObject({ code: 200 });
  });

  test('may ask when they are on the list', async () => {
    served = await serve(scripted().cluster, { origins: ['https://friend.example'] });
    const origin = { origin: 'https://friend.example' };
    expect(await ask('/api/v1/status', origin)).toEqual({ code: 200, cors: 'https://friend.example' });
    const preflight = await fetch(`${served.url}/v1/chat/completions`, {
      method: 'OPTIONS',
      headers: { ...origin, 'access-control-request-method': 'POST' },
    });
    expect([preflight.status, preflight.headers.get('access-control-allow-methods')]).toEqual([
      204,
      'GET, POST, DELETE',
    ]);
  });
});

describe('beyond loopback', () => {
  test('a cluster without key or TLS refuses to listen', async () => {
    const { cluster } = scripted();
    for (const listen of ['0.0.0.0:0', '[::]:0', 'example.test:0']) {
      await expect(startGateway(cluster, listen)).rejects.toThrow(/without a key or TLS/);
      await expect(startGateway(cluster, listen, { keys: newStore() })).rejects.toThrow(
        /without a key or TLS/,
      );
    }
  });

  test('with a key it listens', async () => {
    const keys = newStore();
    keys.create({ name: 'a', scopes: ['infer'] });
    const gateway = await startGateway(scripted().cluster, '0.0.0.0:0', { keys });
    await gateway.close();
  });
});

describe('TLS', () => {
  const make = (name: string): { cert: string; key: string } => {
    const files = { cert: join(folder, 'tls.crt'), key: join(folder, 'tls.key') };
    const made = { cert: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) };
    execFileSync(
      'openssl',
      [
        ...[
          'req',
          '-x509',
          '-newkey',
          'ec',
          '-pkeyopt',
          'ec_paramgen_curve:prime256v1',
          '-nodes',
          '-days',
          '1',
        ],
        ...['-subj', `/CN=${name}`, '-keyout', made.key, '-out', made.cert],
      ],
      { stdio: 'ignore' },
    );
    writeFileSync(files.key, readFileSync(made.key));
    writeFileSync(files.cert, readFileSync(made.cert));
    return files;
  };
  const hasOpenssl = (() => {
    try {
      execFileSync('openssl', ['version'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  })();

  test.skipIf(!hasOpenssl)(
    'a certificate is served, and a new one without a restart (needs openssl)',
    async () => {
      const tls = make('first');
      const gateway = await startGateway(scripted().cluster, '127.0.0.1:0', { tls });
      const { port } = new URL(gateway.url);
      const name = (): Promise<string | undefined> =>
        new Promise((resolve, reject) => {
          const socket = connectTls(
            { port: Number(port), host: '127.0.0.1', rejectUnauthorized: false },
            () => {
              resolve(String(socket.getPeerCertificate().subject.CN));
              socket.destroy();
            },
          );
          socket.on('error', reject);
        });
      expect(gateway.url).toMatch(/^https:/);
      expect(await name()).toBe('first');
      const code = await new Promise((resolve, reject) => {
        https
          .get(`${gateway.url}/health`, { rejectUnauthorized: false }, (response) =>
            resolve(response.resume().statusCode),
          )
          .on('error', reject);
      });
      expect(code).toBe(200);
      make('second');
      await expect.poll(name, { timeout: 15_000, interval: 500 }).toBe('second');
      await gateway.close();
    },
  );
});

describe('hostile clients', () => {
  let served: Served;
  beforeAll(async () => {
    served = await serve(scripted().cluster);
  });
  afterAll(() => served.gateway.close());

  /** What comes back for these bytes, until the server closes. */
  const raw = (bytes: string): Promise<string> => {
    const { hostname, port } = new URL(served.url);
    return new Promise((resolve, reject) => {
      let text = '';
      const socket = connectTcp(Number(port), hostname, () => socket.write(bytes));
      socket.on('data', (chunk) => {
        text += chunk;
      });
      socket.on('close', () => resolve(text));
      socket.on('error', (error) => (text === '' ? reject(error) : resolve(text)));
    });
  };

  test('headers without end are cut off', async () => {
    expect(await raw(`GET / HTTP/1.1\r\nHost: localhost\r\nx: ${'a'.repeat(20_000)}\r\n\r\n`)).toMatch(
      /^HTTP\/1.1 431/,
    );
  });

  test('a body that says that it is too large is not read', async () => {
    const answer = await raw(
      `POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: ${10 * 1024 * 1024}\r\n\r\nabc`,
    );
    expect(answer).toMatch(/^HTTP\/1.1 413/);
  });

  test('a body in pieces that never stops is cut off', async () => {
    const piece = `100000\r\n${'a'.repeat(0x100000)}\r\n`;
    const answer = await raw(
      `POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n${piece.repeat(9)}`,
    );
    expect(answer).toMatch(/^HTTP\/1.1 413/);
  });

  test('what is no HTTP is told so', async () => {
    expect(await raw('\x16\x03\x01 hello\r\n\r\n')).toMatch(/^HTTP\/1.1 400/);
  });

  test('JSON that is nested without end is an error, not a crash', async () => {
    const response = await served.post('/v1/chat/completions', `${'['.repeat(100_000)}`);
    expect(response.status).toBe(400);
    const deep = await served.post(
      '/v1/chat/completions',
      `{"messages":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
    );
    expect(deep.status).toBe(400);
  });

  test('and after all of that it still answers', async () => {
    expect((await fetch(`${served.url}/health`)).status).toBe(200);
  });
});
