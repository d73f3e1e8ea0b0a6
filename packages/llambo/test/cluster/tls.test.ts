/** A cluster over TLS: certificates of its own authority in place of the token. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Fsys } from '@llambo/styx';
import { connect } from '@llambo/styx/node';
import { afterAll, expect, test } from 'vitest';
import { certificates } from '../../../styx/test/certificates.ts';
import { serveFiles } from '../../src/cluster/serve.ts';
import { startHost } from '../../src/host/index.ts';
import { type Joined, join as joinCluster } from '../../src/host/join.ts';
import { attachAs, type Certificate, dialOptions } from '../../src/host/proof.ts';
import { Orchestrator, parseConfig } from '../../src/index.ts';
import { ask } from './support.ts';

const folder = mkdtempSync(join(tmpdir(), 'llambo-tls-'));
const made = certificates(folder);
const closers: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
afterAll(async () => {
  for (const close of closers.reverse()) await close();
});

const pem = (name: 'server' | 'glenda' | 'impostor'): Certificate => {
  const { ca, [name]: own } = made as NonNullable<typeof made>;
  return { cert: String(own.cert), key: String(own.key), ca: String(ca) };
};

test.skipIf(made === undefined)(
  `hosts join with a certificate and no token; others are refused${made === undefined ? ' (skipped: no openssl command here)' : ''}`,
  { timeout: 60_000 },
  async () => {
    const token = '0123456789abcdef0123456789abcdef';
    const yaml = 'classes: { tiny: { count: 2, model: m } }\nengine: { kind: echo }';
    const cluster = await Orchestrator.create(parseConfig(yaml, 'test'), {
      token,
      certificate: pem('server'),
    });
    closers.push(() => cluster.stop({ down: false }));
    const doors = await serveFiles(cluster, {
      local: `unix!${join(folder, 'llambo')}`,
      remote: 'tls!127.0.0.1!0',
      token,
      certificate: pem('server'),
      users: new Map([['glenda', 'fedcba9876543210']]),
    });
    closers.push(() => doors.close());
    const address = doors.remote as string;
    const enter = (orchestrator: string, at: string, certificate: Certificate): Joined => {
      const joined = joinCluster({
        orchestrator,
        certificate,
        announce: () => ({ name: 'far', address: at, cpus: 2, memory: 1e9, models: [] }),
      });
      closers.push(() => joined.close());
      return joined;
    };

    // Its thread listens for itself, and takes nobody without a certificate either.
    const host = await startHost({
      name: 'far',
      listen: 'tls!127.0.0.1!0',
      threads: 1,
      engine: { kind: 'echo' },
      certificate: pem('server'),
    });
    closers.push(() => host.close());
    await expect(enter(address, host.address, pem('impostor')).first).rejects.toThrow('authentication');
    // A certificate of a user gives the user's rights: machines are brought by others.
    await expect(enter(address, host.address, pem('glenda')).first).rejects.toThrow('permission denied');
    expect(cluster.hosts()).toEqual([]);
    await enter(address, host.address, pem('server')).first;
    await cluster.ready();
    expect(cluster.hosts()[0]?.address).toBe(host.address);
    expect((await ask(cluster, 'over there', { maxTokens: 3 })).finish?.reason).toBe('length');

    const tree = async (at: string, certificate?: Certificate): Promise<string> => {
      const client = await connect(at, dialOptions(at, { certificate: certificate ?? pem('server') }));
      try {
        return await new Fsys(await client.attach(attachAs(at, 'x', { certificate }))).readText('status');
      } finally {
        client.close();
      }
    };
    expect(await tree(address, pem('glenda'))).toMatch(/^Cluster: 2 nodes/);
    expect(await tree(host.address, pem('glenda'))).toMatch(/^name=far$/m);
    await expect(tree(host.address, pem('impostor'))).rejects.toThrow();
  },
);
