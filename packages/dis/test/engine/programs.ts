/** Programs of more than one opcode: control, processes, channels, exceptions, modules. */

import type { BuiltinModule } from '../../src/vm/builtin.ts';
import type { Case } from './harness.ts';

function caseTable(entries: readonly (readonly [number, number, string])[], otherwise: string): string {
  const words = [`word @mp+128,${entries.length}`];
  entries.forEach(([low, high, label], i) => {
    const at = 132 + 12 * i;
    words.push(`word @mp+${at},${low}`, `word @mp+${at + 4},${high}`, `word @mp+${at + 8},${label}`);
  });
  words.push(`word @mp+${132 + 12 * entries.length},${otherwise}`);
  return words.join(';');
}

const which = 'one: movw $1,w0; ret; two: movw $2,w0; ret; three: movw $3,w0; ret; other: movw $9,w0';

/** Entries for strings: "a"; "c" to "e"; "x". */
const stringTable = `
  word @mp+128,3
  string @mp+132,"a"; word @mp+140,one
  string @mp+144,"c"; string @mp+148,"e"; word @mp+152,two
  string @mp+156,"x"; word @mp+164,three
  word @mp+168,other`;

/** A built-in that adds, fails, or answers later. */
const calculator: BuiltinModule = {
  name: '$Calc',
  functions: [
    {
      name: 'add',
      signature: 0x1234,
      size: 40,
      map: '',
      run: (call) => call.returnWord(call.word(32) + call.word(36)),
    },
    {
      name: 'fail',
      signature: 0x1235,
      size: 40,
      map: '0080',
      run: (call) => {
        throw new Error(`no ${call.string(32)}`);
      },
    },
  ],
};

const imports = 'ldts @ldt,1; word @ldt+0,2; ext @ldt+4,0x1234,"add"; ext @ldt+12,0x1235,"fail"';
const load = 'string @mp+0,"$Calc"; ';

export const programs: Readonly<Record<string, Case>> = {
  'case in a range': {
    code: `case $6,128(mp); ${which}`,
    more: caseTable(
      [
        [1, 5, 'one'],
        [5, 7, 'two'],
        [9, 10, 'three'],
      ],
      'other',
    ),
    after: { w0: 2 },
  },
  'case below all': {
    code: `case $0,128(mp); ${which}`,
    more: caseTable(
      [
        [1, 5, 'one'],
        [5, 7, 'two'],
        [9, 10, 'three'],
      ],
      'other',
    ),
    after: { w0: 9 },
  },
  'case of the last': {
    code: `case $9,128(mp); ${which}`,
    more: caseTable(
      [
        [1, 5, 'one'],
        [5, 7, 'two'],
        [9, 10, 'three'],
      ],
      'other',
    ),
    after: { w0: 3 },
  },
  'casel of large numbers': {
    code: `casel l1,128(mp); ${which}`,
    more: 'word @mp+128,1; long @mp+136,0x100000000; long @mp+144,0x200000000; word @mp+152,two; word @mp+160,other',
    before: { l1: 0x1_8000_0000n },
    after: { w0: 2 },
  },
  ...Object.fromEntries(
    (
      [
        ['a', 1],
        ['b', 9],
        ['c', 2],
        ['d', 2],
        ['e', 2],
        ['f', 9],
        ['x', 3],
        ['', 9],
      ] as const
    ).map(([s, n]) => [
      `casec of "${s}"`,
      {
        code: `casec p1,128(mp); ${which}`,
        more: stringTable,
        map: 'f00000006d80',
        before: { p1: s },
        after: { w0: n },
      } satisfies Case,
    ]),
  ),
  goto: {
    code: `movw $1,w1; goto w1,128(mp); ${which}`,
    more: 'word @mp+128,one; word @mp+132,two',
    after: { w0: 2 },
  },
  'alt receives what is ready': {
    code: `newcw $1,p0; newcw $1,p1; movw $7,w1; send w1,p1
      movw $0,48(fp); movw $2,52(fp); movw p0,56(fp); lea w2,60(fp); movw p1,64(fp); lea w3,68(fp)
      alt 48(fp),w0`,
    after: { w0: 1, w3: 7 },
  },
  'alt waits for a sender': {
    code: `newcw p0; frame $1,Fa0; movp p0,32(Fa0); spawn Fa0,$put
      movw $0,48(fp); movw $1,52(fp); movw p0,56(fp); lea w2,60(fp); alt 48(fp),w0`,
    more: 'put: movw $5,Fw0; send Fw0,Fp0; ret',
    before: { w0: 9 },
    after: { w0: 0, w2: 5 },
  },
  'alt waits for a receiver': {
    code: `newcw p0; newcw p1; frame $1,Fa0; movp p0,32(Fa0); movp p1,36(Fa0); spawn Fa0,$get
      movw $11,w1; movw $1,48(fp); movw $0,52(fp); movw p0,56(fp); lea w1,60(fp); alt 48(fp),w0; recv p1,w2`,
    more: 'get: recv Fp0,Fw0; addw $1,Fw0; send Fw0,Fp1; ret',
    before: { w0: 9 },
    after: { w0: 0, w2: 12 },
  },
  'alt of an array of channels': {
    code: `newa $2,$5,p0; newcw $1,p1; indx p0,Fa1,$1; movp p1,0(Fa1); movw $7,w1; send w1,p1
      movw $0,48(fp); movw $1,52(fp); movw p0,56(fp); lea w2,60(fp); alt 48(fp),w0`,
    after: { w0: 0, w2: 1, w3: 7 },
  },
  'alt to send and receive on one channel': {
    code: `newcw p0; frame $1,Fa0; movp p0,32(Fa0); spawn Fa0,$get; movw $1,48(fp); movw $1,52(fp)
      movw p0,56(fp); lea w1,60(fp); movw p0,64(fp); lea w2,68(fp); alt 48(fp),w0`,
    more: 'get: ret',
    why: 'alt send/recv on same chan',
  },
  'alt on nil': {
    code: 'movw $0,48(fp); movw $1,52(fp); movw p0,56(fp); lea w1,60(fp); alt 48(fp),w0',
    why: 'dereference of nil',
  },
  'nbalt when nothing is ready': {
    code: 'newcw p0; movw $0,48(fp); movw $1,52(fp); movw p0,56(fp); lea w1,60(fp); nbalt 48(fp),w0',
    after: { w0: 1 },
  },
  'a handler takes a string': {
    code: 'try: raise p1; movw $1,w0; ret; caught: movp Fp3,p0; movw $2,w0',
    more: 'exception try,caught,44,-1,2,0; exctab "other",try; exctab "oops",caught; exctab *,-1',
    before: { p1: 'oops' },
    after: { w0: 2, p0: 'oops' },
  },
  'a handler takes what begins so': {
    code: 'try: raise p1; ret; caught: movw $2,w0',
    more: 'exception try,caught,44,-1,1,0; exctab "fail:*",caught; exctab *,-1',
    before: { p1: 'fail:x' },
    after: { w0: 2 },
  },
  'a handler takes anything': {
    code: 'try: movw 0(Fp0),w1; ret; caught: movp Fp3,p0',
    more: 'exception try,caught,44,-1,1,0; exctab "fail:*",try; exctab *,caught',
    after: { p0: 'dereference of nil' },
  },
  'a handler elsewhere does not': {
    code: 'try: nop; end: raise p1; ret; caught: movw $2,w0',
    more: 'exception try,end,44,-1,1,0; exctab "oops",caught; exctab *,caught',
    before: { p1: 'oops' },
    why: 'oops',
  },
  'an exception unwinds calls': {
    code: 'try: frame $1,Fa0; movp p1,32(Fa0); movp p1,36(Fa0); call Fa0,$f; end: movw $1,w0; ret; caught: movw $2,w0; movp Fp3,p0',
    more: `f: frame $1,Fa0; movp Fp0,32(Fa0); frame $1,Fa1; movp Fp0,32(Fa1); call Fa0,$g; ret
      g: frame $1,Fa0; movp Fp0,40(Fa0); raise Fp0; ret
      exception try,end,44,-1,1,0; exctab "oops",caught; exctab *,-1`,
    before: { p1: 'oops' },
    after: { w0: 2, p0: 'oops' },
  },
  'a handler clears what its scope declared': {
    code: 'movp p1,Fp0; movp p1,Fp1; try: raise p1; ret; caught: movp Fp0,p2; movp Fp1,p3',
    more: 'desc $9,36,"0080"; exception try,caught,44,9,1,0; exctab "oops",caught; exctab *,-1',
    before: { p1: 'oops', p2: 'x', p3: 'x' },
    after: { p2: null, p3: 'oops' },
  },
  'a declared exception': {
    code: 'new $6,p0; movp p1,0(p0); movw $7,4(p0); try: raise p0; ret; string: movw $1,w0; ret; caught: movp Fp3,p2; movw 4(p2),w0',
    more: 'exception try,string,44,-1,2,1; exctab "M.0.E",caught; exctab "M.0.E",string; exctab *,-1',
    before: { p1: 'M.0.E' },
    after: { w0: 7 },
  },
  'a declared exception, known to the caller': {
    code: 'try: frame $1,Fa0; call Fa0,$f; end: ret; string: movw $1,w0; ret; caught: movp Fp3,p2; movw 4(p2),w0',
    more: 'f: new $6,p0; movp p1,0(p0); movw $7,4(p0); raise p0; ret; exception try,end,44,-1,2,1; exctab "M.0.E",caught; exctab "M.0.E",string; exctab *,-1',
    before: { p1: 'M.0.E' },
    after: { w0: 7 },
  },
  'a declared exception, a string further out': {
    code: 'try: frame $1,Fa0; call Fa0,$f; end: ret; string: movp Fp3,p2; movw $1,w0; ret; caught: movw $2,w0',
    more: 'f: frame $1,Fa0; call Fa0,$g; ret; g: new $6,p0; movp p1,0(p0); raise p0; ret; exception try,end,44,-1,2,1; exctab "M.0.E",caught; exctab "M.0.E",string; exctab *,-1',
    before: { p1: 'M.0.E' },
    after: { w0: 1, p2: 'M.0.E' },
  },
  'an exception leaves a module': {
    code: 'try: load p0,$0,p1; mframe p1,$0,Fa0; mcall Fa0,$0,p1; end: ret; caught: movw $1,w0; movw w1,w2',
    more: 'f: movw $3,w1; raise p3; ret; string @mp+0,"$self"; ldts @ldt,1; word @ldt+0,1; ext @ldt+4,0x77,"f"; link 1,f,0x77,"f"; exception try,end,44,-1,0,0; exctab *,caught',
    before: { p3: 'oops' },
    after: { w0: 1, w2: 3 },
  },
  'processes take turns': {
    // Two that count while a flag is 0; the first to reach its count sets it, which the other must see.
    code: `frame $1,Fa0; spawn Fa0,$count; loop: beqw w1,$0,$loop; movw $1,w0`,
    more: 'count: addw $1,Fw1; bltw Fw1,$30000,$count; movw $1,w1; ret',
    after: { w0: 1 },
  },
  'a built-in answers': {
    code: `load p0,$0,p1; mframe p1,$0,Fa0; movw $40,32(Fa0); movw $2,36(Fa0); lea w0,16(Fa0); mcall Fa0,$0,p1`,
    more: load + imports,
    builtins: [calculator],
    after: { w0: 42 },
  },
  'a built-in fails': {
    code: `load p0,$0,p1; mframe p1,$1,Fa0; movp p0,32(Fa0); mcall Fa0,$1,p1`,
    more: load + imports,
    builtins: [calculator],
    why: 'no $Calc',
  },
  'spawn of a built-in': {
    code: `load p0,$0,p1; mframe p1,$1,Fa0; mspawn Fa0,$1,p1`,
    more: load + imports,
    builtins: [calculator],
    why: 'spawn a builtin module',
  },
  'a module that is not there': {
    code: 'load p0,$0,p1; mframe p1,$0,Fa0; mcall Fa0,$0,p1',
    more: load + imports,
    why: 'module not loaded',
  },
  'a module of another type': {
    code: 'load p0,$0,p1; beqw p1,$0,$yes; ret; yes: movw $1,w0',
    more: 'string @mp+0,"$Calc"; ldts @ldt,1; word @ldt+0,1; ext @ldt+4,0x9999,"add"',
    builtins: [calculator],
    after: { w0: 1 },
  },
  'the module itself, sharing its data': {
    code: `load p0,$0,p1; mframe p1,$0,Fa0; movw $5,52(Fa0); lea w0,16(Fa0); mcall Fa0,$0,p1; mframe p1,$0,Fa0; movw $8,52(Fa0); lea w2,16(Fa0); mspawn Fa0,$0,p1; wait: beqw w2,$0,$wait; mnewz p1,$6,p2`,
    more: 'f: movw $7,w1; addw $1,Fw1,0(16(fp)); ret; string @mp+0,"$self"; ldts @ldt,1; word @ldt+0,1; ext @ldt+4,0x77,"f"; link 1,f,0x77,"f"',
    after: { w0: 6, w1: 7, w2: 9 },
  },
};
