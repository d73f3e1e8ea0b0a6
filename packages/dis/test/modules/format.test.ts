import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fixed, realText, shortest, significant } from '../../src/modules/decimal.ts';
import { type Arguments, format } from '../../src/modules/format.ts';
import { charToRune, fullRune, runeToChar } from '../../src/modules/utf.ts';
import { testFile } from './golden.ts';

function args(...values: (number | bigint | string)[]): Arguments {
  const rest = [...values];
  return {
    word: () => Number(rest.shift()),
    big: () => BigInt(rest.shift() as bigint),
    real: () => Number(rest.shift()),
    string: () => String(rest.shift()),
    object: () => ({ references: 2, type: 0xbeef }),
    errstr: 'an error',
  };
}

/** [format, type, argument, what the original printed]. */
const cases = JSON.parse(new TextDecoder().decode(testFile('print.json'))) as [
  string,
  string,
  never,
  string,
][];

test(`${cases.length} formats as the original emulator prints them`, () => {
  for (const [f, type, v, out] of cases) expect([f, type, v, format(f, args(v))]).toEqual([f, type, v, out]);
});

test.each<[string, (number | bigint | string)[], string]>([
  ['%d and %s', [1, 'two'], '1 and two'],
  ['%*d|%-*d|%.*d', [6, 42, 6, 42, 4, 42], '    42|42    |0042'],
  ['%*s|', [-8, 'ab'], 'ab      |'],
  ['%%|%5%', [], '%|%'],
  ['100%', [], '100'],
  ['%5', [], ''],
  ['%r|%20r', [], 'an error|an error'],
  ['%H', [], '2.0000beef'],
  ['% d|% d', [5, -5], ' 5|-5'],
  ['%hd|%uhd|%hhd', [70000, -1, 200], '4464|65535|-56'],
  ['%zd', [1], '%z%d'],
  ['%bc', [65n], 'A'],
  ['é日%d日é', [5], 'é日5日é'],
  ['%f', [1e22], '10000000000000000000000.000000'],
  ['%g %g %g', [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY], 'NaN Infinity -Infinity'],
  ['%8.2f|%-12e|', [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY], 'Infinity|-Infinity   |'],
  ['%g %g', [5e-324, 2.2250738585072014e-308], '5e-324 2.2250738585072014e-308'],
  ['%.3e', [5e-324], '4.941e-324'],
  ['%s', ['a\0b'], 'a'],
])('%j', (f, values, out) => expect(format(f, args(...values))).toBe(out));

test('a result out of all bounds is refused', () => {
  expect(() => format('%999999s'.repeat(100), args(...Array(100).fill('x')))).toThrow('out of memory: heap');
});

test('any format gives a string', () => {
  const piece = fc.constantFrom(
    '%',
    'd',
    'b',
    's',
    'g',
    '*',
    '-',
    '0',
    '9',
    '.',
    '#',
    'u',
    'x',
    'q',
    'e',
    'é',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const some: Arguments = {
        ...args(),
        word: () => 7,
        big: () => -1n,
        real: () => 0.1,
        string: () => 'x',
      };
      expect(typeof format(pieces.join(''), some)).toBe('string');
    }),
  );
});

describe('digits of reals', () => {
  const real = fc.double({ noNaN: true, noDefaultInfinity: true });
  const value = (d: { digits: string; point: number; negative: boolean }): number =>
    Number(`${d.negative ? '-' : ''}.${d.digits || '0'}e${d.point}`);

  test('shortest and seventeen digits read back', () => {
    fc.assert(
      fc.property(real, (x) => {
        expect(value(shortest(x))).toBe(x);
        expect(value(significant(x, 17))).toBe(x);
        expect(Number(realText(x))).toBe(x);
      }),
    );
  });
  test('halves go to even', () => {
    expect([0.5, 1.5, 2.5, 3.5].map((x) => fixed(x, 0).digits || '0')).toEqual(['0', '2', '2', '4']);
    expect(significant(2.5, 1).digits).toBe('2');
  });
  test('as many digits as toFixed, where there is no tie', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e9, max: 1e9, noNaN: true }), fc.nat(12), (x, places) => {
        expect(Number(format(`%.${places}f`, args(x)))).toBeCloseTo(Number(x.toFixed(places)), places - 1);
      }),
    );
  });
});

describe('utf(6)', () => {
  test('every character comes back', () => {
    const scalar = fc.integer({ min: 0, max: 0x10ffff }).filter((c) => c < 0xd800 || c > 0xdfff);
    fc.assert(
      fc.property(scalar, (c) => {
        const bytes = runeToChar(c);
        expect(fullRune(bytes, 0, bytes.length)).toBe(true);
        expect(charToRune(bytes, 0)).toEqual([c, bytes.length]);
      }),
    );
  });
  test('what is none is one byte of U+FFFD', () => {
    for (const bad of [
      [0x80],
      [0xc0, 0x80],
      [0xe0, 0x80, 0x80],
      [0xed, 0xa0, 0x80],
      [0xf4, 0x90, 0x80, 0x80],
      [0xff],
    ])
      expect(charToRune(Uint8Array.from(bad), 0)).toEqual([0xfffd, 1]);
  });
});
