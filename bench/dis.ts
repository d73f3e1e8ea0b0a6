/** Speed of the Dis machine: instructions a second by kind, machines and processes to start, and what they weigh. */

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assemble } from '../packages/dis/src/object/asm.ts';
import { write } from '../packages/dis/src/object/index.ts';
import { type Code, codeFrom } from '../packages/dis/src/vm/code.ts';
import type { Context } from '../packages/dis/src/vm/context.ts';
import { Machine } from '../packages/dis/src/vm/machine.ts';
import { neighbours } from './dis/neighbours.ts';
import { blocked, type Program, programs, small } from './dis/programs.ts';

const context: Context = {
  user: 'bench',
  spawn: () => context,
  exit: () => {},
  load: () => {
    throw new Error('no files');
  },
};

function compile(program: Program): Code {
  return codeFrom(write(assemble(program.text)));
}

function begin(machine: Machine, code: Code, count: number): void {
  machine.start(code, '/bench.dis', context, 'init', (frame) => machine.heap.setWord(frame + 32, count));
}

/** Million instructions a second. */
function mips(program: Program, count: number): number {
  const machine = new Machine({ memory: 16 << 20, print: (text) => console.error(text) });
  begin(machine, compile(program), count);
  const t = performance.now();
  machine.run(Number.POSITIVE_INFINITY);
  return (count * program.round) / (performance.now() - t) / 1000;
}

function collect(): void {
  (globalThis as { gc?: () => void }).gc?.();
}

/** The reference emulator, when LLAMBO_PEERS has it: it runs the same programs by its interpreter. */
const emulator = join(process.env.LLAMBO_PEERS ?? '/none', 'bin/emu-ref');
const hasEmulator = existsSync(emulator);
const scratch = hasEmulator ? mkdtempSync(join(tmpdir(), 'dis-bench-')) : '';

/** Milliseconds of the emulator on a program; NaN when it fails. */
function emulatorTime(program: Program, count: number): number {
  const file = join(scratch, `${program.kind}.dis`);
  writeFileSync(file, write(assemble(`movw $${count},32(fp)\n${program.text}`)));
  const begun = performance.now();
  const { status } = spawnSync(emulator, ['-c0', `/n/local${file}`], { stdio: 'ignore', timeout: 20_000 });
  return status === 0 ? performance.now() - begun : Number.NaN;
}

/** Its million instructions a second: what a long run takes longer than a short one. */
function emulatorMips(program: Program): number {
  const more = program.count - 1;
  return (more * program.round) / (emulatorTime(program, program.count) - emulatorTime(program, 1)) / 1000;
}

const tenths = (value: number): number => Math.round(value * 10) / 10;
const rates: Record<string, number> = {};
const emulatorRates: Record<string, number | null> = {};
const only = process.argv.slice(2);
for (const program of programs) {
  if (only.length > 0 && !only.includes(program.kind)) continue;
  mips(program, program.count >> 2);
  rates[program.kind] = tenths(Math.max(mips(program, program.count), mips(program, program.count)));
  let beside = '';
  if (hasEmulator) {
    const rate = tenths(emulatorMips(program));
    emulatorRates[program.kind] = Number.isNaN(rate) ? null : rate;
    beside = Number.isNaN(rate) ? '; the emulator fails' : `; the emulator ${rate.toFixed(1)}`;
  }
  console.log(
    `${program.kind.padEnd(10)} ${rates[program.kind]!.toFixed(1).padStart(8)} million instructions/s${beside}`,
  );
}
if (hasEmulator) rmSync(scratch, { recursive: true });

// 1,000 machines that run a small program, and stay.
const code = compile(small);
collect();
const rss = process.memoryUsage().rss;
let t = performance.now();
const machines: Machine[] = [];
for (let i = 0; i < 1000; i++) {
  const machine = new Machine({ memory: 16 << 20 });
  begin(machine, code, small.count);
  begin(machine, compile(blocked), 1);
  machine.run(Number.POSITIVE_INFINITY);
  machines.push(machine);
}
const vmStart = performance.now() - t;
collect();
const vmKb = (process.memoryUsage().rss - rss) / machines.length / 1024;
console.log(`1,000 machines: ${vmStart.toFixed(0)} ms, ${vmKb.toFixed(0)} kB each`);
machines.length = 0;

const many = new Machine({ memory: 64 << 20 });
collect();
const before = process.memoryUsage().rss;
t = performance.now();
begin(many, compile(blocked), blocked.count);
many.run(Number.POSITIVE_INFINITY);
const procStart = performance.now() - t;
const procKb = (process.memoryUsage().rss - before) / blocked.count / 1024;
console.log(
  `${many.processCount} blocked processes: ${procStart.toFixed(0)} ms, ${procKb.toFixed(2)} kB each, ${(many.memoryUsed / blocked.count).toFixed(0)} bytes of it in the machine`,
);

const kept = await neighbours(context);
for (const [kind, percent] of Object.entries(kept)) {
  console.log(`beside an attack by ${kind}: ${percent} % of the rate beside a busy machine`);
}

/** Milliseconds of a whole process, the best of five. */
function processTime(args: readonly string[]): number {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 5; i++) {
    const begun = performance.now();
    execFileSync(process.execPath, args, { stdio: 'ignore' });
    best = Math.min(best, performance.now() - begun);
  }
  return Math.round(best);
}

const root = fileURLToPath(new URL('..', import.meta.url));
const command = join(root, 'packages/dis/bin/dis.js');
const nodeMs = processTime(['-e', '0']);
const helloMs = existsSync(command)
  ? processTime([command, 'run', '-r', join(root, 'bench/dis'), '/hello.dis'])
  : Number.NaN;
console.log(`dis run hello: ${helloMs} ms as a whole process, of which ${nodeMs} are Node's own`);

console.log(
  JSON.stringify({
    interp_mips: rates,
    emulator_mips: hasEmulator ? emulatorRates : undefined,
    vm_start_ms_1000: Math.round(vmStart),
    vm_kb: Math.round(vmKb),
    proc_start_ms_10000: Math.round(procStart),
    proc_kb: Math.round(procKb * 100) / 100,
    neighbour_percent: kept,
    hello_ms: helloMs,
    node_ms: nodeMs,
  }),
);
