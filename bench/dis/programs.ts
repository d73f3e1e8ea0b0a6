/**
 * Micro-programs in Dis assembler. Each runs `count` rounds, a number that it finds at 32(fp) of its frame, and executes
 * `round` instructions in each.
 */

export interface Program {
  readonly kind: string;
  readonly round: number;
  readonly count: number;
  readonly text: string;
}

const start =
  'entry 0,1\n desc $0,64,"f0"\n desc $1,96,"000f"\n var @mp,64\n module Bench\n link 1,0,0x4244b354,"init"\n';

/** Frame: 32 count, 36 round, 40-44 scratch words, 48-60 references (map 000f), 64-88 reals or bigs. */
function program(
  kind: string,
  count: number,
  round: number,
  before: string,
  body: string,
  more = '',
): Program {
  const text = `
    movw $0,36(fp)
    ${before.trim()}
loop:
    ${body.trim()}
    addw $1,36(fp)
    bltw 36(fp),32(fp),$loop
    ret
    ${more}
    ${start}`;
  return { kind, count, round: round + 2, text };
}

export const programs: readonly Program[] = [
  program(
    'int',
    8_000_000,
    6,
    'movw $1,40(fp)\n movw $7,44(fp)',
    `
    addw 40(fp),44(fp)
    xorw 36(fp),44(fp),40(fp)
    mulw $3,40(fp)
    andw $4095,40(fp)
    subw $1,44(fp)
    shrw $1,44(fp)`,
  ),
  program(
    'array',
    4_000_000,
    7,
    'newa $1024,$2,48(fp)',
    `
    andw $1023,36(fp),40(fp)
    indw 48(fp),44(fp),40(fp)
    movw 0(44(fp)),68(fp)
    addw $1,68(fp)
    movw 68(fp),0(44(fp))
    lena 48(fp),72(fp)
    movw 72(fp),76(fp)`,
    'desc $2,4,""',
  ),
  program(
    'call',
    4_000_000,
    5,
    '',
    `
    frame $3,40(fp)
    movw 36(fp),32(40(fp))
    lea 44(fp),16(40(fp))
    call 40(fp),$leaf`,
    'leaf: addw $1,32(fp),0(16(fp))\n ret\n desc $2,4,""\n desc $3,48,""',
  ),
  program(
    'big',
    4_000_000,
    6,
    'cvtwl $3,64(fp)\n cvtwl $5,72(fp)',
    `
    addl 64(fp),72(fp)
    mull 64(fp),72(fp),80(fp)
    subl 64(fp),80(fp)
    andl 80(fp),72(fp)
    shll $1,72(fp)
    cvtlw 72(fp),40(fp)`,
  ),
  program(
    'real',
    4_000_000,
    5,
    'cvtwf $3,64(fp)\n cvtwf $1,72(fp)',
    `
    addf 64(fp),72(fp)
    mulf 64(fp),72(fp),80(fp)
    subf 64(fp),80(fp)
    divf 64(fp),80(fp),72(fp)
    cvtfw 64(fp),40(fp)`,
  ),
  program(
    'string',
    1_000_000,
    5,
    'movp 0(mp),48(fp)',
    `
    addc 4(mp),48(fp),52(fp)
    slicec $2,$8,52(fp)
    indc 52(fp),$3,40(fp)
    lenc 52(fp),44(fp)
    beqc 52(fp),48(fp),$loop`,
    'string @mp+0,"hello, "\n string @mp+4,"world"',
  ),
  program(
    'list',
    2_000_000,
    5,
    'movp 0(mp),48(fp)',
    `
    consw 36(fp),52(fp)
    consp 48(fp),56(fp)
    headw 52(fp),40(fp)
    movp 8(mp),52(fp)
    movp 8(mp),56(fp)`,
    'string @mp+0,"x"',
  ),
  program(
    'channel',
    1_000_000,
    2,
    'newcw 48(fp)\n frame $1,40(fp)\n movw 32(fp),32(40(fp))\n movp 48(fp),48(40(fp))\n spawn 40(fp),$sender',
    `
    recv 48(fp),44(fp)
    addw 44(fp),68(fp)`,
    'sender: movw $0,36(fp)\nagain: send 36(fp),48(fp)\n addw $1,36(fp)\n bltw 36(fp),32(fp),$again\n ret',
  ),
  program(
    'spawn',
    200_000,
    4,
    'newcw 48(fp)',
    `
    frame $1,40(fp)
    movp 48(fp),48(40(fp))
    spawn 40(fp),$child
    recv 48(fp),44(fp)`,
    'child: send 36(fp),48(fp)\n ret',
  ),
];

/** A process for each of the count, all of them blocked on one channel for good. */
export const blocked: Program = program(
  'blocked',
  10_000,
  3,
  'newcw 48(fp)',
  `
    frame $1,40(fp)
    movp 48(fp),48(40(fp))
    spawn 40(fp),$child`,
  'child: recv 48(fp),44(fp)\n ret',
);

/** What a small program does: some calls, some strings, and a process that waits for another. */
export const small: Program = program(
  'small',
  20,
  6,
  'newcw 48(fp)',
  `
    frame $1,40(fp)
    movp 48(fp),48(40(fp))
    spawn 40(fp),$child
    recv 48(fp),44(fp)
    cvtwc 36(fp),52(fp)
    addc 52(fp),56(fp)`,
  'child: send 36(fp),48(fp)\n ret',
);
