import { ORDWR, OREAD, OWRITE } from '@llambo/styx';
import { describe, expect, test } from 'vitest';
import { exportOver, importOver, MCREATE, Namespace, standardDevices } from '../src/index.ts';

async function fresh(): Promise<Namespace> {
  return Namespace.create({ user: 'me', devices: standardDevices({ sysname: 'here' }) });
}

describe('export and import over a pipe', () => {
  test('what one name space exports, another mounts', async () => {
    const near = await fresh();
    const far = await fresh();
    await far.bind('#c', '/dev');
    await far.bind('#e', '/env', MCREATE);
    const [a, b] = await near.pipe();
    const connection = exportOver(b, far.export('/'));
    const server = await importOver(a);
    await near.mount(server, '/n', 0, { source: a.path, channel: a });

    expect(near.toString()).toBe("mount '#|/data' /n\ncd /\n");
    expect(new TextDecoder().decode(await near.readFile('/n/dev/sysname'))).toBe('here');
    await near.writeFile('/n/env/x', 'y');
    expect(new TextDecoder().decode(await far.readFile('/env/x'))).toBe('y');
    await expect(near.open('/n/../n/dev/none', OREAD)).rejects.toThrow("'/n/../n/dev/none' does not exist");
    await near.chdir('/n/dev');
    expect(near.dot).toBe('/n/dev');
    const up = await near.open('..', OREAD);
    expect(up.path).toBe('/n');
    const names: string[] = [];
    for (let dirs = await up.dirread(); dirs.length > 0; dirs = await up.dirread()) {
      names.push(...dirs.map((dir) => dir.name));
    }
    expect(names).toContain('dev');
    await up.close();
    await near.chdir('/');

    const env = await near.create('/n/env/made', ORDWR, 0o666);
    await env.write(new TextEncoder().encode('1'));
    await env.close();
    await near.remove('/n/env/made');
    expect(() => far.stat('/env/made')).toThrow("'/env/made' file does not exist");
    await near.unmount(undefined, '/n');
    await server.client.closed;
    await a.close();
    await connection.closed;
    await b.close();
  });

  test('an interrupted read of a far pipe loses nothing', async () => {
    const near = await fresh();
    const far = await fresh();
    await far.bind('#|', '/chan');
    const [a, b] = await near.pipe();
    exportOver(b, far.export('/chan'));
    await near.mount(await importOver(a), '/n');
    const reader = await near.open('/n/data', OREAD);
    const writer = await far.open('/chan/data1', OWRITE);
    const stop = new AbortController();
    const reading = reader.read(10, { signal: stop.signal });
    stop.abort();
    await expect(reading).rejects.toThrow('interrupted');
    await writer.write(new TextEncoder().encode('kept'));
    expect(new TextDecoder().decode(await reader.read(10))).toBe('kept');
    near.close();
    await reader.close();
  });
});
