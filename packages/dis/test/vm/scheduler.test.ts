import { expect, test } from 'vitest';
import { Blocked, type Engine, Ran } from '../../src/engine/engine.ts';
import { assemble } from '../../src/object/asm.ts';
import { write } from '../../src/object/index.ts';
import { type Code, codeFrom } from '../../src/vm/code.ts';
import { Machine } from '../../src/vm/machine.ts';
import { Scheduler } from '../../src/vm/scheduler.ts';
import { nowhere } from '../engine/harness.ts';

const code: Code = codeFrom(
  write(assemble('movw $1,36(fp)\n ret\n entry 0,0\n desc $0,40,""\n module M\n link 0,0,0x4244b354,"init"')),
);

/** Machines whose processes run for ever, a tenth of a millisecond a turn, on a clock that only they move. */
function world(weights: readonly number[], turns: number, idle?: (machine: number, turn: number) => boolean) {
  let time = 0;
  let left = turns;
  const clock = (): number => time;
  const scheduler = new Scheduler({ clock, slice: 8, turn: 1 });
  const ran = weights.map(() => 0);
  const machines = weights.map((weight, i) => {
    const engine: Engine = {
      name: 'clock',
      run() {
        time += 0.1;
        ran[i]!++;
        if (--left <= 0 || idle?.(i, ran[i]!) === true) return Blocked;
        return Ran;
      },
    };
    const machine = new Machine({ memory: 65536, engine, clock });
    scheduler.add(machine, weight);
    machine.start(code, '/m.dis', nowhere, 'init', () => {});
    return machine;
  });
  const done = async (): Promise<void> => {
    while (left > 0 && machines.some((m) => m.isReady)) await new Promise(setImmediate);
  };
  return { ran, machines, scheduler, done };
}

test('equal machines have equal shares', async () => {
  const w = world([1, 1, 1, 1], 40_000);
  await w.done();
  for (const n of w.ran) expect(Math.abs(n - 10_000)).toBeLessThan(500);
});

test('shares follow weights', async () => {
  const w = world([1, 2, 5], 80_000);
  await w.done();
  expect(Math.abs(w.ran[0]! - 10_000)).toBeLessThan(500);
  expect(Math.abs(w.ran[1]! - 20_000)).toBeLessThan(1000);
  expect(Math.abs(w.ran[2]! - 50_000)).toBeLessThan(2500);
});

test('many processes of a machine share its part, and leave the neighbour its own', async () => {
  const w = world([1, 1], 40_000);
  for (let i = 0; i < 100; i++) w.machines[0]!.start(code, '/m.dis', nowhere, 'init', () => {});
  await w.done();
  expect(Math.abs(w.ran[1]! - 20_000)).toBeLessThan(1000);
});

test('who waited saves up no time', async () => {
  // The first machine sleeps after its first turn until the second has had half of all.
  let machines: Machine[] = [];
  const w = world([1, 1], 40_000, (i, turn) => {
    if (i === 1 && turn === 20_000) machines[0]!.makeReady(machines[0]!.process(1)!);
    return i === 0 && turn === 1;
  });
  machines = w.machines;
  await w.done();
  expect(w.ran[0]!).toBeGreaterThan(9000);
  expect(w.ran[0]!).toBeLessThan(11_000);
});

test('a machine that was removed does not run', async () => {
  const w = world([1, 1], 1000);
  w.scheduler.remove(w.machines[0]!);
  await w.done();
  expect(w.ran[0]).toBe(0);
});

test('a machine that is removed as it runs takes no other along', async () => {
  const w = world([1, 1, 1], 3000, (machine, turn) => {
    if (machine !== 0 || turn < 10) return false;
    w.scheduler.remove(w.machines[0]!);
    return true;
  });
  await w.done();
  expect(w.ran[0]).toBe(10);
  expect(Math.abs(w.ran[1]! - w.ran[2]!)).toBeLessThan(100);
});
