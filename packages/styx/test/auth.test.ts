import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import {
  Client,
  ORDWR,
  pair,
  proveToken,
  type RemoteFile,
  type ServerOptions,
  serve,
  tokenAuth,
} from '../src/index.ts';
import { connect, serveOn } from '../src/node/index.ts';
import { certificates } from './certificates.ts';
import { toy } from './toy.ts';

const tokens = new Map([
  ['glenda', 'correct horse battery staple'],
  ['rob', 'another one'],
]);
const auth = tokenAuth((uname) => tokens.get(uname));

async function client(options: ServerOptions = { auth }): Promise<Client> {
  const [a, b] = pair();
  serve(a, toy(), options);
  return Client.connect(b);
}

const enc = new TextEncoder();

describe('tokens', () => {
  test('who knows the token may attach', async () => {
    const c = await client();
    const root = await c.attach({ uname: 'glenda', auth: proveToken('correct horse battery staple') });
    expect((await root.stat()).name).toBe('/');
    c.close();
  });

  test.each([
    ['a wrong token', 'glenda', 'wrong'],
    ["someone else's token", 'glenda', 'another one'],
    ['an unknown user', 'nobody', 'x'],
    ['an unknown user without a token', 'nobody', ''],
  ])('not with %s', async (_, uname, token) => {
    const c = await client();
    await expect(c.attach({ uname, auth: proveToken(token || ' ') })).rejects.toThrow(
      'authentication failed',
    );
    c.close();
  });

  test('not without proof, and none only where it is configured', async () => {
    const c = await client();
    await expect(c.attach({ uname: 'glenda' })).rejects.toThrow('authentication required');
    await expect(c.attach({ uname: 'none' })).rejects.toThrow('authentication required');
    const open = await client({ auth, none: true });
    await open.attach({ uname: 'none' });
    await expect(open.attach({ uname: 'glenda' })).rejects.toThrow('authentication required');
    c.close();
    open.close();
  });

  test('a proof counts for its own names, any number of times', async () => {
    const c = await client();
    const afid = await c.auth('glenda');
    await proveToken('correct horse battery staple')(afid, 'glenda');
    const attach = (uname: string, aname = '') =>
      c.rpc({ type: 104, tag: 0, fid: c.fids.take(), afid: afid.fid, uname, aname });
    await attach('glenda');
    await attach('glenda');
    await expect(attach('rob')).rejects.toThrow('attach does not match auth');
    await expect(attach('glenda', 'other')).rejects.toThrow('attach does not match auth');
    c.close();
  });

  test('an afid without proof grants nothing', async () => {
    const c = await client();
    const afid = await c.auth('glenda');
    const m = { type: 104, tag: 0, fid: 77, afid: afid.fid, uname: 'glenda', aname: '' } as const;
    await expect(c.rpc(m)).rejects.toThrow('authentication failed');
    await expect(afid.write(0, enc.encode('let me in\n'))).rejects.toThrow('authentication failed');
    await expect(c.rpc(m)).rejects.toThrow('authentication failed');
    c.close();
  });

  test('one guess for each conversation', async () => {
    const c = await client();
    const afid = await c.auth('glenda');
    const guess = enc.encode(`${'0'.repeat(64)} ${'0'.repeat(64)}\n`);
    await expect(afid.write(0, guess)).rejects.toThrow('authentication failed');
    await expect(proveToken('correct horse battery staple')(afid, 'glenda')).rejects.toThrow(
      'authentication failed',
    );
    c.close();
  });

  test('the client finds out a server that only pretends to know', async () => {
    const liar = tokenAuth(() => 'some other token');
    const real = tokenAuth(() => 'the token');
    const c = await client({
      auth: {
        async begin(who, call) {
          const conversation = await liar.begin(who, call);
          void real;
          return {
            proved: true,
            read: (count, cl) => conversation.read(count, cl),
            write: (data) => data.length,
          };
        },
      },
    });
    await expect(c.attach({ uname: 'glenda', auth: proveToken('the token') })).rejects.toThrow(
      'server does not know the token',
    );
    c.close();
  });

  test('an authentication file is no other file', async () => {
    const c = await client();
    const afid = await c.auth('glenda');
    expect(afid.qid.type).toBe(0x08);
    for (const op of [
      () => afid.open(ORDWR),
      () => afid.walk([]),
      () => afid.stat(),
      () => afid.create('x', 0o666, ORDWR),
    ]) {
      await expect(op()).rejects.toThrow('not allowed on an authentication file');
    }
    await expect(afid.remove()).rejects.toThrow('not allowed on an authentication file');
    const gone = { type: 124, tag: 0, fid: afid.fid } as const;
    await expect(c.rpc(gone)).rejects.toThrow('unknown fid');
    const other = await c.auth('glenda');
    await other.clunk();
    c.close();
  });

  test('a conversation reads in pieces', async () => {
    const c = await client();
    const afid: RemoteFile = await c.auth('glenda');
    let greeting = '';
    for (let part = 'x'; part !== ''; greeting += part) part = Buffer.from(await afid.read(0, 7)).toString();
    expect(greeting).toMatch(/^9p-token 1 [0-9a-f]{64}\n$/);
    c.close();
  });
});

describe('certificates', () => {
  const folder = mkdtempSync(join(tmpdir(), 'styx-tls-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const certs = certificates(folder);
  const title = certs === undefined ? ' (skipped: no openssl command here)' : '';

  test.skipIf(certs === undefined)(
    `the common name of a client certificate is the user${title}`,
    async () => {
      const { ca, server, glenda, impostor } = certs!;
      const serving = await serveOn('tls!127.0.0.1!0', toy(), {
        tls: { ...server, ca, requestCert: true, rejectUnauthorized: true },
      });
      const c = await connect(serving.address, { tls: { ca, ...glenda } });
      await c.attach({ uname: 'glenda' });
      await expect(c.attach({ uname: 'rob' })).rejects.toThrow('attach does not match auth');
      c.close();
      const turnedAway = async (tls: object) => {
        const other = await connect(serving.address, { tls });
        await other.attach({ uname: 'glenda' });
      };
      await expect(turnedAway({ ca, ...impostor })).rejects.toThrow();
      await expect(turnedAway({ ca })).rejects.toThrow();
      await expect(turnedAway({})).rejects.toThrow("can't dial");
      await serving.close(0);
    },
  );

  test.skipIf(certs === undefined)(
    `where a certificate is only asked for, no one is believed without${title}`,
    async () => {
      const { ca, server, glenda } = certs!;
      const serving = await serveOn('tls!127.0.0.1!0', toy(), {
        tls: { ...server, ca, requestCert: true, rejectUnauthorized: false },
        auth,
      });
      const c = await connect(serving.address, { tls: { ca } });
      await expect(c.attach({ uname: 'glenda' })).rejects.toThrow('authentication required');
      await c.attach({ uname: 'glenda', auth: proveToken('correct horse battery staple') });
      c.close();
      const d = await connect(serving.address, { tls: { ca, ...glenda } });
      await d.attach({ uname: 'glenda' });
      d.close();
      await serving.close(0);
    },
  );
});
