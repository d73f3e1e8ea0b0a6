/** What a machine that attacks costs its neighbour on the same thread, against one that is merely busy. */

import { assemble } from '../../packages/dis/src/object/asm.ts';
import { write } from '../../packages/dis/src/object/index.ts';
import { type Code, codeFrom } from '../../packages/dis/src/vm/code.ts';
import type { Context } from '../../packages/dis/src/vm/context.ts';
import { Machine } from '../../packages/dis/src/vm/machine.ts';
import { Scheduler } from '../../packages/dis/src/vm/scheduler.ts';

const parts = `
  entry 0,0
  desc $0,96,"000f"
  desc $1,4,""
  module Attack
  link 0,0,0x4244b354,"init"`;

const compile = (text: string): Code => codeFrom(write(assemble(text + parts)));

const busy = compile('loop: addw $1,36(fp)\n xorw 36(fp),44(fp),40(fp)\n jmp $loop\n ret');

const attacks: Readonly<Record<string, Code>> = {
  loop: compile('loop: jmp $loop\n ret'),
  processes: compile('f: frame $0,40(fp)\n spawn 40(fp),$f\n jmp $f\n ret'),
  channels: compile('loop: newcw $100,48(fp)\n consp 48(fp),52(fp)\n jmp $loop\n ret'),
  recursion: compile('f: frame $0,40(fp)\n call 40(fp),$f\n ret'),
  allocation: compile('loop: newa $3000000,$1,48(fp)\n jmp $loop\n ret'),
};

/** Instructions that a busy machine executes in `ms` beside one that runs `code`, and is started again when it breaks. */
async function executed(code: Code, context: Context, ms: number): Promise<number> {
  const scheduler = new Scheduler();
  const [victim, attacker] = [16, 16].map((mb) => new Machine({ memory: mb << 20 })) as [Machine, Machine];
  const begin = (machine: Machine, code: Code): void =>
    void machine.start(code, '/attack.dis', context, 'init', () => {});
  let over = false;
  attacker.onIdle = () => {
    if (!over) begin(attacker, code);
  };
  begin(victim, busy);
  begin(attacker, code);
  scheduler.add(victim);
  scheduler.add(attacker);
  await new Promise((resolve) => setTimeout(resolve, ms / 4));
  const before = victim.instructions;
  const begun = performance.now();
  await new Promise((resolve) => setTimeout(resolve, ms));
  const rate = ((victim.instructions - before) / (performance.now() - begun)) * ms;
  over = true;
  scheduler.remove(victim);
  scheduler.remove(attacker);
  return rate;
}

/** For each attack, percent of the rate that the neighbour has beside a busy machine, which is measured before and after. */
export async function neighbours(context: Context): Promise<Record<string, number>> {
  const percent: Record<string, number> = {};
  const ms = 800;
  await executed(busy, context, ms);
  let before = await executed(busy, context, ms);
  for (const [kind, code] of Object.entries(attacks)) {
    const attacked = await executed(code, context, ms);
    const after = await executed(busy, context, ms);
    percent[kind] = Math.round((200 * attacked) / (before + after));
    before = after;
  }
  return percent;
}
