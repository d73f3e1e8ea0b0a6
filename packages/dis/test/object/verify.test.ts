import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assemble, ObjectError, type ObjectFile, read, verify, write } from '../../src/object/index.ts';
import { obsolete, peerFiles } from './peers.ts';

/**
 * A module whose data has two references (0, 4) and values from 8 to 63, and whose frames ($1) have a reference at 32
 * and values from 36 to 75. Type $2 is a reference and a word; $3 another frame, $4 two bytes. The entry is 0.
 */
const header = `
  var @mp,64
  desc $0,64,"c0"
  desc $1,76,"0080"
  desc $2,8,"80"
  desc $3,48,"00f0"
  desc $4,2
  entry 0,1
  module T
  ldts @ldt,1
  word @ldt+0,1
  ext @ldt+4,0x1,"f"
`;

const module_ = (code: string): ObjectFile => {
  const [before, after] = header.split('  ldts');
  const [text, tail = ''] = code.split('---');
  return assemble(`${text}\n${before}\n${tail}\n  ldts${after}`);
};

describe('accepts', () => {
  test.each([
    'ret',
    'nop\n ret',
    'movw $1,36(fp)\n ret',
    'movl 8(mp),40(fp)\n ret',
    'movp 0(mp),32(fp)\n ret',
    'beqw 0(mp),32(fp),$1\n exit', // a reference compared as a word
    'movmp 0(mp),$2,32(fp)\n raise 32(fp)\n---word @mp+8,1',
    'lea 24(fp),36(fp)\n ret',
    'lea $5,36(fp)\n ret',
    'send $1,32(fp)\n ret',
    'frame $3,36(fp)\n movp 0(mp),32(36(fp))\n lea 40(fp),16(36(fp))\n call 36(fp),$5\n ret\n ret',
    'frame $1,36(fp)\n spawn 36(fp),$0\n ret',
    'mframe 0(mp),$0,36(fp)\n mcall 36(fp),$0,0(mp)\n ret',
    'frame $3,36(fp)\n mcall 36(fp),$0,0(mp)\n ret', // variable arguments
    'load 0(mp),$0,4(mp)\n ret',
    'case 36(fp),8(mp)\n ret\n---word @mp+8,1,0,5,1,-1',
    'goto 36(fp),12(mp)\n ret\n---word @mp+8,2,1,0',
    'newcw $5,32(fp)\n ret',
    'movm 8(mp),$4,36(fp)\n ret',
    'cvtwb 36(fp),37(fp)\n ret',
  ])('%j', (code) => {
    expect(() => verify(module_(code))).not.toThrow();
  });

  test('says which frame each instruction runs in, and where functions start', () => {
    const file = module_('frame $3,36(fp)\n call 36(fp),$3\n ret\n ret\n nop');
    expect([...verify(file).frameOf]).toEqual([1, 1, 1, 3, -1]);
    expect(verify(file).functions).toEqual([0, 3]);
  });
  test('handlers', () => {
    const file = module_('nop\n ret\n raise 32(fp)\n---exception 0,1,32,-1,1,0\n exctab "x",1\n exctab *,2');
    expect([...verify(file).frameOf]).toEqual([1, 1, 1]);
  });
});

describe('refuses code', () => {
  test.each([
    ['movw $1,36(fp)', 'runs out of the code: instruction 0'],
    ['addw _,_,36(fp)\n ret', 'wrong operands for the opcode: instruction 0, addw _,_,36(fp)'],
    ['movw 36(fp),$1\n ret', 'operand cannot be immediate: instruction 0, movw 36(fp),$1'],
    ['movl $1,40(fp)\n ret', 'operand cannot be immediate'],
    ['movp $-1,32(fp)\n ret', 'operand cannot be immediate'],
    ['jmp $7', 'branch outside the code'],
    ['jmp 36(fp)', 'operand must be immediate'],
    ['new $9,32(fp)\n ret', 'no such type descriptor'],
    ['new 36(fp),32(fp)\n ret', 'operand must be immediate'],
    ['load 0(mp),$1,4(mp)\n ret', 'no such list of imports'],
    ['movw $1,64(mp)\n ret', 'operand lies outside the module data'],
    ['movl 60(mp),40(fp)\n ret', 'operand is not aligned'],
    ['movl 56(mp),76(fp)\n ret', 'operand is not aligned'],
    ['movl 56(mp),80(fp)\n ret', 'operand lies outside the frame'],
    ['movw $1,-4(fp)\n ret', 'offset out of range'],
    ['movw $1,12(fp)\n ret', 'operand is in the registers'],
    ['movw $1,0(80(fp))\n ret', 'operand lies outside the frame'],
    ['movw $1,0(64(mp))\n ret', 'operand lies outside the module data'],
    ['movw $1,65536(36(fp))\n ret', 'offset out of range'],
    ['addw $1,$40000,36(fp)\n ret', 'immediate does not fit 16 bits'],
    ['addw $1,70000(mp),36(fp)\n ret', 'offset out of range'],
    ['movw $1,0(65540(mp))\n ret', 'offset out of range'],
    ['movw $1,2(36(fp))\n ret', 'operand is not aligned'],
    ['movw $1,0(mp)\n ret', 'value in the place of a reference'],
    ['movw $1,32(fp)\n ret', 'value in the place of a reference'],
    ['movp 0(mp),36(fp)\n ret', 'reference in the place of a value'],
    ['movp 8(mp),32(fp)\n ret', 'reference in the place of a value'],
    ['movm 8(mp),$8,28(fp)\n ret', 'value in the place of a reference'],
    ['movm 8(mp),$64,28(fp)\n ret', 'operand lies outside the module data'],
    ['movmp 0(mp),$2,36(fp)\n ret', 'value of another type is here'],
    ['call 36(fp),$0', 'frame was not made for a local call'],
    ['frame $1,36(fp)\n movw $1,36(fp)\n call 36(fp),$0\n ret', 'frame was not made for a local call'],
    ['frame $3,36(fp)\n call 36(fp),$0\n ret', 'function is started with frames of different types'],
    ['frame $2,36(fp)\n ret', 'type descriptor is not of a frame'],
    ['frame $1,0(36(fp))\n ret', 'frame operand must be direct'],
    ['frame $3,36(fp)\n movp 0(mp),48(36(fp))\n ret', 'operand lies outside the frame'],
    ['frame $3,36(fp)\n movw $1,8(36(fp))\n ret', 'operand is in the registers'],
    ['beqw $0,$0,$2\n frame $1,36(fp)\n call 36(fp),$0\n ret', 'frame was not made for a local call'],
    ['mframe 0(mp),$0,36(fp)\n mcall 36(fp),$1,0(mp)\n ret', 'frame was not made for this function'],
    ['mframe 0(mp),$0,36(fp)\n call 36(fp),$0\n ret', 'frame was not made for a local call'],
    ['case 36(fp),8(fp)\n ret', 'table must be in the module data'],
    ['case 36(fp),8(mp)\n ret\n---word @mp+8,5', 'table lies outside the module data'],
    ['casec 32(fp),60(mp)\n ret', 'table lies outside the module data'],
    ['casec 32(fp),8(mp)\n ret\n---word @mp+8,1', 'table is of another kind'],
    ['case 36(fp),8(mp)\n ret\n---word @mp+8,-1', 'table lies outside the module data'],
    ['case 36(fp),8(mp)\n ret\n---word @mp+8,1,0,5,99,-1', 'runs out of the code: table of instruction 0'],
    ['case 36(fp),8(mp)\n ret\n---word @mp+8,0,99', 'runs out of the code: table of instruction 0'],
    ['goto 36(fp),12(mp)\n ret\n---word @mp+8,1,99', 'runs out of the code: table at 12(mp)'],
    ['nop\n ret\n---exception 0,9,32,-1,0,0\n exctab *,0', 'range lies outside the code: handler 0'],
    [
      'nop\n ret\n---exception 0,1,36,-1,0,0\n exctab *,0',
      'place of the exception is no reference of the frame',
    ],
    ['nop\n ret\n---exception 0,1,32,9,0,0\n exctab *,0', 'no such type descriptor: handler 0'],
    ['nop\n ret\n---exception 0,1,32,-1,0,0\n exctab *,9', 'runs out of the code: handler 0, *'],
    ['nop\n ret\n---exception 0,1,32,-1,0,1\n exctab *,0', 'more exceptions than cases'],
    ['ret\n---link 1,5,0,"f"', 'function starts outside the code: f'],
    ['ret\n---link 9,0,0,"f"', 'no such type descriptor: f'],
    ['ret\n---link 2,0,0,"f"', 'type descriptor is not of a frame: f'],
  ])('%j', (code, message) => {
    expect(() => verify(module_(code))).toThrow(message);
  });
});

describe('refuses data', () => {
  test.each([
    ['word @mp+64,1', 'data lies outside the module data: data item 0, words at 64'],
    ['word @mp+60,1,2', 'data lies outside the module data'],
    ['word @mp+10,1', 'data is not aligned'],
    ['long @mp+12,1', 'data is not aligned'],
    ['word @mp+4,1', 'value in place of a reference'],
    ['byte @mp+3,1', 'value in place of a reference'],
    ['string @mp+8,"x"', 'reference in a value'],
    ['array @mp+0,$9,1', 'no such type descriptor'],
    ['array @mp+0,$2,-1', 'array of negative length'],
    ['array @mp+0,$2,0x7fffffff', 'array is too large'],
    ['indir @mp+0,0', 'index of what is no array'],
    ['array @mp+0,$2,1\n indir @mp+0,2\n apop', 'array index out of range'],
    ['array @mp+0,$2,1\n indir @mp+0,0\n word @mp+0,1\n apop', 'value in place of a reference'],
    ['array @mp+0,$2,1\n indir @mp+0,0\n word @mp+8,1\n apop', 'data lies outside the module data'],
    ['array @mp+0,$2,1\n indir @mp+0,0', 'index without restore'],
    ['apop', 'restore without index'],
    ['desc $1,4', 'type descriptor is defined twice: desc $1'],
    ['desc $7,4', 'type descriptor number out of range: desc $7'],
  ])('%j', (data, message) => {
    expect(() => verify(module_(`ret\n---${data}`))).toThrow(message);
  });
  test('a map longer than its type', () => {
    expect(() => verify(assemble('ret\n desc $0,8,"20"\n entry 0,0'))).toThrow(
      'pointer map is longer than the type',
    );
  });
  test('data of another size than type 0', () => {
    expect(() => verify(assemble('ret\n desc $0,8\n var @mp,12'))).toThrow(
      'not of the size of type descriptor 0',
    );
  });
  test('an array inside an array', () => {
    const nest =
      'array @mp+0,$2,2\n indir @mp+0,1\n array @mp+0,$4,3\n indir @mp+0,0\n byte @mp+0,1,2,3,4,5,6\n apop\n word @mp+4,9\n apop';
    expect(() => verify(module_(`ret\n---${nest}`))).not.toThrow();
  });
});

describe('does not let a file keep it busy', () => {
  const frames = `desc $0,400000\n var @mp,400000\n desc $1,40000,"00${'0'.repeat(20)}"\n entry 0,1\n`;
  test('frames by the thousand', () => {
    const code = Array.from({ length: 9000 }, (_, i) => `frame $1,${32 + 4 * i}(fp)`).join('\n');
    expect(() => verify(assemble(`${code}\n ret\n ${frames}`))).toThrow('too many frames at once');
  });
  test('handlers over everything', () => {
    const handler = 'exception 0,9000,32,-1,0,0\n exctab *,0\n';
    const file = assemble(
      `${'nop\n'.repeat(9000)} ret\n desc $0,0\n desc $1,40,"0080"\n entry 0,1\n ${handler.repeat(9000)}`,
    );
    expect(() => verify(file)).toThrow('handlers overlap too much');
  });
  test('one large table for thousands of gotos', () => {
    const table = `word @mp+0,${[50000, ...Array.from({ length: 50000 }, (_, i) => i % 9000)].join(',')}`;
    const file = assemble(`${'goto 32(fp),4(mp)\n'.repeat(9000)} ret\n ${frames} ${table}`);
    expect(() => verify(file)).not.toThrow();
  });
  test('values with large maps', () => {
    const file = assemble(`movmp 0(mp),$2,0(mp)\n ret\n ${frames} desc $2,40000,"80"`);
    expect(() => verify(file)).toThrow('value is too large to move');
  });
});

describe('files for 64-bit words', () => {
  test('are told apart by where their frames begin', () => {
    const file = assemble('movw 64(fp),0(32(fp))\n ret\n desc $0,0\n desc $1,72\n link 1,0,1,"f"');
    expect(() => verify(file)).toThrow(
      'dis file is for 64-bit words; only the standard 32-bit format runs here',
    );
  });
  test('a large 32-bit frame is none', () => {
    const file = assemble('movw 32(fp),0(16(fp))\n ret\n desc $0,0\n desc $1,72\n link 1,0,1,"f"');
    expect(() => verify(file)).not.toThrow();
  });
});

const peers = peerFiles().filter((p) => !obsolete.includes(p.path));
/** Two more that no machine can run: their imports are where nobody looks any more. */
const unloadable = ['wm/mpeg.dis', 'wm/qt.dis'];

test.skipIf(peers.length === 0)('accepts the standard system (LLAMBO_PEERS)', () => {
  for (const { path, bytes } of peers) {
    if (unloadable.includes(path)) expect(() => verify(read(bytes)), path).toThrow('obsolete');
    else expect(() => verify(read(bytes)), path).not.toThrow();
  }
});

test('mutated files give an answer or an ObjectError', () => {
  const seeds = [
    module_('frame $3,36(fp)\n call 36(fp),$3\n ret\n case 36(fp),8(mp)\n ret\n---word @mp+8,1,0,5,4,-1'),
    module_(
      'nop\n ret\n---exception 0,1,32,-1,1,0\n exctab "x",1\n exctab *,0\n array @mp+0,$2,2\n indir @mp+0,1\n apop',
    ),
  ].map(write);
  const small = peers.filter((p) => p.bytes.length < 4000).slice(0, 40);
  const all = [...seeds, ...small.map((p) => p.bytes)];
  const change = fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.nat(255));
  fc.assert(
    fc.property(fc.nat(all.length - 1), fc.array(change, { minLength: 1, maxLength: 5 }), (n, changes) => {
      const bad = all[n]!.slice();
      for (const [at, v] of changes) bad[Math.floor(at * bad.length)] = v;
      try {
        verify(read(bad));
      } catch (e) {
        expect(e).toBeInstanceOf(ObjectError);
      }
    }),
    { numRuns: 4000 },
  );
});
