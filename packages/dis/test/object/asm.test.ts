import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  assemble,
  dump,
  type Instruction,
  instructionText,
  ObjectError,
  opcodes,
  read,
  write,
} from '../../src/object/index.ts';
import { obsolete, peerFiles } from './peers.ts';
import { sample } from './sample.ts';

/** Input and output side by side: an instruction comes back as it was written, or as the second text. */
const lines: [string, string?][] = [
  ['ret'],
  ['movw\t$1,40(fp)'],
  ['movw\t-8(mp),0(40(fp))'],
  ['movb\t3(4(mp)),2(8(fp))'],
  ['addw\t$1,40(fp)'],
  ['addw\t$1,44(fp),40(fp)'],
  ['addw\t$1,44(mp),40(fp)'],
  ['addw\t$1,$-3,40(fp)'],
  ['newcw\t40(fp)'],
  ['newcw\t$5,40(fp)'],
  ['newcm\t$8,40(fp)'],
  ['newcm\t$8,$2,40(fp)'],
  ['raise\t40(fp)'],
  ['self\t40(fp)'],
  ['jmp\t$0'],
  ['beqw\t40(fp),$1,$0'],
  ['mframe\t4(mp),$-2,40(fp)'],
  ['_\t', undefined],
  ['addw\t_,_,8(fp)'],
  ['ret\t_,$1,_'],
  ['movw  $0x10 , (4+4)*5(fp)', 'movw\t$16,40(fp)'],
  ["movw $'a', 40(fp) # comment", 'movw\t$97,40(fp)'],
  ["movw $'\\n', 40(fp)", 'movw\t$10,40(fp)'],
  ['movw $-1<<4|3&~1^7, 40(fp)', 'movw\t$-11,40(fp)'],
  ['movw *40(fp), 4(*8(fp))', undefined],
  ['movw *40(fp), 44(fp)', 'movw\t0(40(fp)),44(fp)'],
];

describe('instructions', () => {
  test.each(lines.filter(([input, output]) => output !== undefined || !/^_|\*8/.test(input)))(
    '%s',
    (input, output) => {
      expect(instructionText(assemble(`\t${input}`).code[0]!)).toBe(output ?? input);
    },
  );

  test('every mnemonic, every mode', () => {
    const modes = fc.record({ mid: fc.integer({ min: 0, max: 3 }), src: fc.nat(5), dst: fc.nat(5) });
    const value = fc.integer({ min: -(2 ** 29), max: 2 ** 29 - 1 });
    fc.assert(
      fc.property(
        fc.constantFrom(...opcodes),
        modes,
        fc.array(value, { minLength: 5, maxLength: 5 }),
        (o, m, v) => {
          const i: Instruction = {
            op: o.code,
            mode: (m.mid << 6) | (m.src << 3) | m.dst,
            mid: m.mid === 0 ? 0 : v[0]!,
            src: m.src === 3 ? 0 : v[1]!,
            src2: m.src < 4 ? 0 : v[2]!,
            dst: m.dst === 3 ? 0 : v[3]!,
            dst2: m.dst < 4 ? 0 : v[4]!,
          };
          expect(assemble(instructionText(i)).code).toEqual([i]);
        },
      ),
    );
  });
});

describe('labels and variables', () => {
  test('branches forward and back', () => {
    const { code } = assemble('loop: beqw $0,$1,done\n jmp loop\ndone: ret\n');
    expect(code.map(instructionText)).toEqual(['beqw\t$0,$1,$2', 'jmp\t$0', 'ret']);
  });
  test('variables are laid out one after the other', () => {
    const { code, dataSize } = assemble('var a,4\nvar b,8\n movw $1,b(mp)\n movw $2,b+4(mp)');
    expect(dataSize).toBe(12);
    expect(code.map(instructionText)).toEqual(['movw\t$1,4(mp)', 'movw\t$2,8(mp)']);
  });
  test('labels in tables, links, entry and handlers', () => {
    const file = assemble(
      'f: ret\ng: ret\nword @mp+0,1,0,5,g,-1\nlink 1,g,7,"g"\nentry g,1\nexception f,g,40,-1,1,0\nexctab "e",g\nexctab *,f',
    );
    expect(file.data).toEqual([{ kind: 'words', offset: 0, values: Int32Array.of(1, 0, 5, 1, -1) }]);
    expect([file.links[0]!.pc, file.entryPc, file.handlers![0]!.pc2]).toEqual([1, 1, 1]);
    expect([file.handlers![0]!.cases[0]!.pc, file.handlers![0]!.wildcard]).toEqual([1, 0]);
  });
});

describe('data', () => {
  const data = (text: string): unknown => assemble(text).data[0];
  test.each([
    ['string\t@mp+0,"a\\n\\z\\"\\\\\\x7f é"', 'a\n\0"\\\x7f é'],
    ['string\t@mp+0,"\\q\\65"', 'qA'],
  ])('%s', (input, text) => {
    expect(data(input)).toEqual({ kind: 'string', offset: 0, utf8: new TextEncoder().encode(text) });
  });
  test('bytes that are no UTF-8', () => {
    expect(data('string @mp+0,"\\xff\\xc0"')).toEqual({
      kind: 'string',
      offset: 0,
      utf8: Uint8Array.of(255, 192),
    });
  });
  test('reals', () => {
    const item = data('real @mp+0,1,.5,-2.5e-3,Infinity,-Inf,NaN,-0.0');
    const values = Float64Array.of(
      1,
      0.5,
      -0.0025,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      Number.NaN,
      -0,
    );
    expect(item).toEqual({ kind: 'reals', offset: 0, values });
  });
  test('bigs', () => {
    const values = BigInt64Array.of(-(2n ** 63n), -1n);
    expect(data('long @mp+0,-9223372036854775808,0xffffffffffffffff')).toEqual({
      kind: 'bigs',
      offset: 0,
      values,
    });
  });
  test('ext outside the import section is a signature and a name', () => {
    expect(assemble('ext @mp+4,0x10,"f"').data).toEqual([
      { kind: 'words', offset: 4, values: Int32Array.of(16) },
      { kind: 'bytes', offset: 8, values: Uint8Array.of(102, 0) },
    ]);
  });
});

test.each([
  ['frob', 'frob is neither an instruction nor a directive: line 1'],
  ['\n\tmovw $1', 'wrong number of operands for movw: line 2'],
  ['jmp nowhere', 'nowhere is not a label or variable: line 1'],
  ['a: ret\na: ret', 'a is defined twice: line 2'],
  ['movw $1,40(xp)', 'expected (fp) or (mp): line 1'],
  ['addw $1,0(4(fp)),8(fp)', 'a middle operand cannot be indirect: line 1'],
  ['movw $1/0,8(fp)', 'division by zero: line 1'],
  ['movw $0x100000000,8(fp)', '4294967296 does not fit 32 bits: line 1'],
  ['desc $0,8,"8"', 'expected pairs of hexadecimal digits: line 1'],
  ['string @mp+0,"abc', 'cannot read "\\"": line 1'],
  ['movw $1,40(fp) ret', 'expected a newline before "ret": line 1'],
  ['exctab "x",1', 'exctab without exception: line 1'],
])('%j is refused', (text, message) => {
  expect(() => assemble(text)).toThrow(message);
});

test('an object file with something in every section comes back from its text', () => {
  const signed = { ...sample(), signature: Uint8Array.of(0, 255) };
  expect(assemble(dump(signed))).toEqual(signed);
  expect(write(assemble(dump(signed)))).toEqual(write(signed));
});

test('any text gives an object file or an ObjectError', () => {
  const words = fc.constantFrom(
    'movw',
    'addw',
    'desc',
    '$',
    ',',
    '1',
    '40(fp)',
    '"00"',
    '\n',
    'x:',
    '@mp+0',
    '(',
    '-',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(words, fc.string()), { maxLength: 12 }), (parts) => {
      try {
        assemble(parts.join(' '));
      } catch (e) {
        expect(e).toBeInstanceOf(ObjectError);
      }
    }),
    { numRuns: 2000 },
  );
});

const peers = peerFiles().filter((p) => !obsolete.includes(p.path) && p.bytes.length < 20_000);

test.skipIf(peers.length === 0)(
  'dumps of the standard system assemble to the same bytes (LLAMBO_PEERS)',
  () => {
    for (const { path, bytes } of peers.filter((_, n) => n % 8 === 0))
      expect(Buffer.compare(write(assemble(dump(read(bytes)))), bytes), path).toBe(0);
  },
);
