import { Guard, Handlers, I, type Inst, Marker } from './instruction.ts';

/**
 * Follows all paths from an instruction, marks what is reached, shortens chains of jumps and replaces jumps to returns
 * by returns. An explicit stack: long functions nest deeply.
 */
export function follow(start: Inst | null): void {
  const work: (Inst | null)[] = [start];
  while (work.length > 0) {
    let i: Inst | null = work.pop()!;
    while (i !== null && !i.reach) {
      i.reach = true;
      if (i.branch !== null) {
        while (i.branch!.op === I.jmp) {
          if (i === i.branch || i.branch === i.branch!.branch) break;
          i.branch = i.branch!.branch;
        }
      }
      if (i.table !== null) {
        const { table } = i;
        for (let k = table.labels.length - 1; k >= 0; k--) work.push(table.labels[k]!.inst);
        work.push(table.wildInst);
        if (i.op === Handlers) i.op = Marker;
        break;
      }
      // What is branched to comes before what follows: jumps are shortened in that order.
      if (i.op === Guard) {
        work.push(i.next);
        i.op = Marker;
        i = i.branch;
        continue;
      }
      if (i.op === I.ret || i.op === I.exit || i.op === I.raise) break;
      else if (i.op === I.jmp) {
        const to: Inst = i.branch!;
        if (
          to.op === I.case ||
          to.op === I.casec ||
          to.op === I.casel ||
          to.op === I.ret ||
          to.op === I.exit
        ) {
          const { next } = i;
          i.copyFrom(to);
          i.reach = to.reach;
          i.next = next;
          continue;
        }
        i = to;
        continue;
      } else if (i.branch !== null) {
        work.push(i.next);
        i = i.branch;
        continue;
      }
      i = i.next;
    }
  }
}

/** Drops what was not reached from the first instruction of a function. The last that is left. */
export function dropUnreached(first: Inst): Inst {
  let last = first;
  for (let i = first.next; i !== null; i = i.next) {
    if (i.reach) last = i;
    else last.next = i.next;
  }
  return last;
}
