import { ORDWR } from '@llambo/styx';
import { describe, expect, test } from 'vitest';
import { answerOf, ask, rest, startBench, until } from './helper.ts';

describe('the files of a node', () => {
  test('data answers as the engine does, to its end', async () => {
    const { fs, engine } = await startBench();
    expect(await answerOf(fs, 'worker-0001', 'echo one two three')).toBe('one two three ');
    expect(engine.callers).toEqual(['worker-0001 weight=0.5']);
    await until(() => engine.open === 0, 'end of the conversation');
  });

  test('a request is all that was written before the first read', async () => {
    const { fs, engine } = await startBench();
    const data = await fs.open('worker-0001/data', ORDWR);
    await data.write(new TextEncoder().encode('echo a '));
    await data.write(new TextEncoder().encode('b'));
    expect(await rest(data)).toBe('a b ');
    expect(engine.requests).toEqual(['echo a b']);
    await expect(data.write(new TextEncoder().encode('more'))).rejects.toThrow(
      'bad-request: request is complete',
    );
    await data.close();
  });

  test('a large request arrives whole', async () => {
    const { fs, engine } = await startBench();
    const text = `count 3 ${'x'.repeat(3_000_000)}`;
    expect(await answerOf(fs, 'worker-0001', text)).toBe('0\n1\n2\n');
    expect(engine.requests[0] === text).toBe(true);
  });

  test('reading before writing is an error', async () => {
    const { fs } = await startBench();
    await expect(fs.readText('worker-0001/data')).rejects.toThrow('bad-request: nothing has been asked');
  });

  test('an error of the engine is the error of the read, and stays so', async () => {
    const { fs } = await startBench();
    const data = await ask(fs, 'worker-0001', 'error context-overflow: too long');
    await expect(data.read()).rejects.toThrow('context-overflow: too long');
    await expect(data.read()).rejects.toThrow('context-overflow: too long');
    await data.close();
    await until(async () => /failed=1/.test(await fs.readText('worker-0001/status')));
  });

  test('closing before the end gives the answer up', async () => {
    const { fs, engine } = await startBench();
    const data = await ask(fs, 'worker-0001', 'forever');
    expect((await data.read()).length).toBeGreaterThan(0);
    await data.close();
    await until(() => engine.open === 0 && engine.cancelled === 1, 'cancellation');
    expect(await fs.readText('worker-0001/status')).toMatch(/state=idle\n(.*\n)*cancelled=1/);
  });

  test('several sessions at once do not wait for each other', async () => {
    const { fs } = await startBench();
    const waiting = await ask(fs, 'worker-0001', 'wait');
    const read = waiting.read();
    read.catch(() => {});
    expect(await answerOf(fs, 'worker-0001', 'echo quick')).toBe('quick ');
    await fs.writeFile('worker-0001/ctl', 'cancel all');
    await expect(read).rejects.toThrow('cancelled');
    await waiting.close();
  });

  test('a hundred sessions that close at once leave nothing behind', async () => {
    const { fs, engine } = await startBench();
    const all = await Promise.all(Array.from({ length: 100 }, () => ask(fs, 'worker-0001', 'forever')));
    await Promise.all(all.map((data) => data.read()));
    expect(await fs.readText('worker-0001/status')).toMatch(/active=100\nsessions=100\n/);
    await Promise.all(all.map((data) => data.close()));
    await until(() => engine.open === 0, 'end of all conversations');
    expect(await fs.readText('worker-0001/status')).toMatch(/active=0\nsessions=0\n(.*\n)*cancelled=100\n/);
  });

  test('a draining node refuses new sessions and finishes what it has', async () => {
    const { fs } = await startBench();
    const before = await ask(fs, 'worker-0001', 'forever');
    await before.read();
    await fs.writeFile('worker-0001/ctl', 'drain');
    await expect(answerOf(fs, 'worker-0001', 'echo x')).rejects.toThrow('no-node: worker-0001 is draining');
    expect((await before.read()).length).toBeGreaterThan(0);
    expect(await fs.readText('workers')).toMatch(/state=draining/);
    await fs.writeFile('ctl', 'resume worker-0001');
    expect(await answerOf(fs, 'worker-0001', 'echo x')).toBe('x ');
    await before.close();
  });

  test('a wrong command fails and says what would be right', async () => {
    const { fs } = await startBench();
    await expect(fs.writeFile('worker-0001/ctl', 'explode')).rejects.toThrow(
      'unknown command "explode": expected drain, resume, cancel all',
    );
  });

  test('status tells state and counts', async () => {
    const { fs } = await startBench();
    await answerOf(fs, 'worker-0001', 'echo one');
    expect(await fs.readText('worker-0001/status')).toBe(
      `node=worker-0001
class=tiny
model=m
cpu=0.5
memory=64000000
state=idle
active=0
sessions=0
requests=1
answered=1
failed=0
cancelled=0
bytes_in=8
bytes_out=4
`,
    );
  });

  test('namespace prints what is mounted', async () => {
    const { fs } = await startBench();
    expect(await fs.readText('worker-0001/namespace')).toMatchInlineSnapshot(`
      "bind /dev /dev
      bind -b '#c' /dev
      bind '#d' /fd
      bind -c '#e' /env
      mount dis /dis
      bind '#p' /prog
      bind -c '#t' /tmp
      mount llama /dev/llama
      mount llambo /n/llambo
      bind /n/llambo/worker-0001 /n/llambo/worker-0001
      bind -bc '#s' /n/llambo/worker-0001
      cd /
      "
    `);
  });
});
