import { uninterrupted } from '@llambo/styx';
import type { Handle } from '@llambo/styx/fs';
import { expect, test } from 'vitest';
import { progTable } from '../../src/index.ts';
import { assemble } from '../../src/object/asm.ts';
import { write } from '../../src/object/index.ts';
import { codeFrom } from '../../src/vm/code.ts';
import { Machine } from '../../src/vm/machine.ts';
import { nowhere } from '../engine/harness.ts';

const code = codeFrom(
  write(
    assemble(`
      movw $0,36(fp)
      frame $1,40(fp)
      call 40(fp),$f
      newcw 44(fp)
      recv 44(fp),36(fp)
      ret
   f: addw $1,36(fp)
      ret
      entry 0,0
      desc $0,48,"0010"
      desc $1,40,""
      module M
      link 0,0,0x4244b354,"init"`),
  ),
);

function debugged() {
  const machine = new Machine({ memory: 65536 });
  const p = machine.start(code, '/m.dis', nowhere, 'init', () => {});
  const handle = progTable(machine).get(p.pid)!.debug!('dbgctl') as Required<Handle>;
  const request = async (text: string): Promise<void> => {
    const done = handle.write(0, new TextEncoder().encode(text), uninterrupted);
    machine.run(Number.POSITIVE_INFINITY);
    await done;
  };
  const event = async (): Promise<string> =>
    new TextDecoder().decode(await handle.read(0, 100, uninterrupted));
  return { machine, p, handle, request, event };
}

test('dbgctl stops, steps, and runs to breakpoints and returns', async () => {
  const { p, request } = debugged();
  await request('stop');
  expect([p.state, p.pc]).toEqual(['debug', 0]);
  await request('step 2');
  expect([p.state, p.pc]).toEqual(['debug', 2]);
  await request('step 1');
  expect([p.state, p.pc]).toEqual(['debug', 6]);
  await request('bpt set /m.dis 7');
  await request('cont');
  expect([p.state, p.pc]).toEqual(['debug', 7]);
  await request('toret');
  expect([p.state, p.pc]).toEqual(['debug', 3]);
  await request('unstop');
  expect([p.state, p.pc]).toEqual(['recv', 5]);
});

test('dbgctl tells what becomes of the process', async () => {
  const { machine, p, request, event } = debugged();
  await request('unstop');
  expect(await event()).toBe('recv\n');
  machine.kill(p.pid);
  expect(await event()).toBe('exited\n');
  expect(await event()).toBe('');
});

test('a process runs on when its dbgctl is closed, and only one can be open', async () => {
  const { machine, p, handle, request } = debugged();
  await request('stop');
  expect(() => progTable(machine).get(p.pid)!.debug!('dbgctl')).toThrow('file in use');
  handle.close();
  machine.run(Number.POSITIVE_INFINITY);
  expect(p.state).toBe('recv');
});

test.each(['', 'step', 'step x', 'bpt set', 'bpt set /m.dis x', 'go'])(
  'dbgctl refuses "%s"',
  async (text) => {
    await expect(debugged().request(text)).rejects.toThrow('bad debug request');
  },
);

test('only what is stopped can be stepped', async () => {
  await expect(debugged().request('step 1')).rejects.toThrow('thread not stopped');
});
