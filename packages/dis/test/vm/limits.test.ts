import { describe, expect, test } from 'vitest';
import { Interpreter } from '../../src/engine/interp.ts';
import { assemble } from '../../src/object/asm.ts';
import { write } from '../../src/object/index.ts';
import { codeFrom } from '../../src/vm/code.ts';
import { Machine } from '../../src/vm/machine.ts';
import { execute, nowhere, program } from '../engine/harness.ts';

const engine = new Interpreter();

/** A clock that moves on by one each time it is looked at: `run` ends after so many turns, whatever they take. */
function counting(): () => number {
  let n = 0;
  return () => n++;
}

function start(code: string, more = '', options: { memory?: number; processes?: number } = {}) {
  const ended: string[] = [];
  const machine = new Machine({
    memory: 1 << 20,
    engine,
    clock: counting(),
    ended: (_, why) => ended.push(why),
    ...options,
  });
  const p = machine.start(
    codeFrom(write(assemble(program({ code, more })))),
    '/x.dis',
    nowhere,
    'init',
    () => {},
  );
  return { machine, ended, p };
}

describe('what a program cannot do', () => {
  test('run for ever without giving others a turn', () => {
    const { machine } = start('loop: jmp $loop');
    machine.run(100);
    expect(machine.processCount).toBe(1);
    expect(machine.kill(1)).toBe(true);
    expect(machine.processCount).toBe(0);
  });

  test('call without end', () => {
    const r = execute({ code: 'f: frame $1,Fa0; call Fa0,$f' }, engine);
    expect(r.why).toBe('out of memory: heap');
    expect(r.machine.heap.memory.buffer.byteLength).toBeLessThanOrEqual(1 << 20);
    expect(r.machine.heap.used).toBeLessThan(20_000);
  });

  test('allocate more than the machine has', () => {
    const r = execute({ code: 'loop: consp p0,p1; newa $1000,$2,p0; jmp $loop' }, engine);
    expect(r.why).toBe('out of memory: heap');
    expect(r.machine.heap.memory.buffer.byteLength).toBe(1 << 20);
  });

  test('but it can catch the exception and go on', () => {
    const r = execute(
      {
        code: 'try: consp p0,p1; newa $1000,$2,p0; jmp $try; caught: movp Fp3,p2; movp p3,p0; movp p3,p1; newa $50000,$2,p0; lena p0,w0',
        more: 'exception try,caught,44,-1,1,0; exctab "out of memory*",caught; exctab *,-1',
      },
      engine,
    );
    expect(r.why).toBe('');
    expect(r.value('p2')).toBe('out of memory: heap');
    expect(r.value('w0')).toBe(50_000);
  });

  test('fork without bound: by memory', () => {
    const { machine, ended } = start('f: frame $1,Fa0; spawn Fa0,$f; jmp $f');
    machine.run(2000);
    expect(machine.heap.memory.buffer.byteLength).toBeLessThanOrEqual(1 << 20);
    expect(machine.processCount).toBeLessThan(2200);
    expect(ended).toContain('out of memory: heap');
    machine.halt();
    expect(machine.processCount).toBe(0);
    expect(machine.heap.used).toBe(0);
  });

  test('fork without bound: by number', () => {
    const { machine, ended } = start('f: frame $1,Fa0; spawn Fa0,$f; jmp $f', '', { processes: 100 });
    machine.run(5000);
    expect(machine.processCount).toBeLessThanOrEqual(100);
    expect(ended).toContain('out of memory: main');
    machine.halt();
    expect(machine.heap.used).toBe(0);
  });

  test('flood channels', () => {
    const { machine } = start(
      'loop: newcw $100,p0; consp p0,p1; frame $1,Fa0; movp p0,32(Fa0); spawn Fa0,$f; jmp $loop',
      'f: recv Fp0,Fw0; ret',
    );
    machine.run(2000);
    expect(machine.heap.memory.buffer.byteLength).toBeLessThanOrEqual(1 << 20);
    machine.halt();
    expect(machine.heap.used).toBe(0);
  });

  test('make the host keep alts without bound', () => {
    // An alt over an array of 4,000 channels, by more and more processes.
    const { machine, ended } = start(
      'newa $4000,$5,p0; newcw p1; fill: indx p0,Fa0,Fw0; movp p1,0(Fa0); addw $1,Fw0; bltw Fw0,$4000,$fill; loop: frame $1,Fa0; movp p0,32(Fa0); spawn Fa0,$f; addw $1,w1; bltw w1,$50,$loop',
      'f: movw $0,48(fp); movw $1,52(fp); movw Fp0,56(fp); lea 160(fp),60(fp); alt 48(fp),Fb0; ret'.replace(
        'Fb0',
        '128(fp)',
      ),
    );
    machine.run(5000);
    expect(ended).toContain('out of memory: main');
    machine.halt();
    expect(machine.heap.used).toBe(0);
  });

  test('keep what it no longer refers to', () => {
    // Two objects that refer to each other, again and again, in a memory that holds few of them.
    const r = execute(
      {
        code: 'loop: new $9,Fp0; new $9,Fp1; movp Fp1,0(Fp0); movp Fp0,0(Fp1); addw $1,Fw0; bltw Fw0,$30000,$loop; movw Fw0,w0',
        more: 'desc $9,100,"80"',
      },
      engine,
    );
    expect(r.why).toBe('');
    expect(r.value('w0')).toBe(30_000);
  });
});

test('when all processes have ended nothing is left in memory', () => {
  const { machine } = start(
    'newcw p0; new $7,Fp0; movp p0,0(Fp0); newa $10,$5,Fp1; frame $1,Fa0; movp Fp0,32(Fa0); frame $1,Fa1; movp Fp0,32(Fa1); spawn Fa1,$f; movw 0(p3),w0',
    'f: frame $1,Fa0; movp Fp0,32(Fa0); recv p0,Fw0; ret',
  );
  machine.run(1000);
  expect(machine.processCount).toBe(1);
  machine.kill(2);
  expect(machine.heap.used).toBe(0);
});
