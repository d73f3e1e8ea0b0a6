import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bitsReal,
  ilogb,
  nextafter,
  realBits,
  remainder,
  rint,
  scalbn,
} from '../../src/modules/math/basic.ts';
import { fromReal, pi, scale, toReal } from '../../src/modules/math/big-fixed.ts';
import { mathModule } from '../../src/modules/math/index.ts';
import { erf, erfc, j0, j1, jn, lgamma, OrderError, y0, y1, yn } from '../../src/modules/math/special.ts';
import { goldenTests } from './golden.ts';

describe('programs print what they print in the original emulator', () => goldenTests('math'));

test('the interface is whole', () => expect(mathModule.functions).toHaveLength(68));

const real = fc.double({ noNaN: true, noDefaultInfinity: true });
const near = (a: number, b: number, relative = 1e-13): void =>
  expect(Math.abs(a - b)).toBeLessThanOrEqual(relative * Math.max(Math.abs(a), Math.abs(b), 1e-300));

describe('numbers as bits', () => {
  test('nextafter goes one step up and back', () => {
    fc.assert(
      fc.property(real, (x) => {
        const up = nextafter(x, Number.POSITIVE_INFINITY);
        expect(up).toBeGreaterThan(x);
        if (Number.isFinite(up)) expect(nextafter(up, Number.NEGATIVE_INFINITY)).toBe(x === 0 ? 0 : x);
      }),
    );
  });
  test('a real is scalbn of its fraction and ilogb', () => {
    fc.assert(
      fc.property(
        real.filter((x) => x !== 0),
        (x) => {
          const e = ilogb(x);
          const f = Math.abs(scalbn(x, -e));
          expect(f >= 1 && f < 2).toBe(true);
          expect(scalbn(scalbn(x, -e), e)).toBe(x);
        },
      ),
    );
  });
  test.each([
    [1, -1074, 5e-324],
    [1, -1075, 0],
    [1.5, -1075, 5e-324],
    [3, -1075, 1e-323],
    [1, 1024, Number.POSITIVE_INFINITY],
    [5e-324, 2000, 5e-324 * 2 ** 1000 * 2 ** 1000],
    [1, -100000, 0],
    [Number.MAX_VALUE, -2097, Number.MAX_VALUE * 2 ** -1000 * 2 ** -1000 * 2 ** -97],
  ])('%d times 2^%d', (x, n, result) => expect(scale(x, n)).toBe(result));
  test('rint and bits', () => {
    expect([0.5, 1.5, 2.5, -0.5, -1.5, 1e300].map(rint)).toEqual([0, 2, 2, -0, -2, 1e300]);
    fc.assert(
      fc.property(real, (x) => {
        expect(bitsReal(realBits(x))).toBe(x);
      }),
    );
  });
  test('remainder is exact, and no more than half', () => {
    const some = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(some, some, (x, p) => {
        if (Math.abs(p) < 1e-6) return;
        const r = remainder(x, p);
        expect(Math.abs(r)).toBeLessThanOrEqual(Math.abs(p) / 2);
        const n = Math.round((x - r) / p);
        near(n * p + r, x, 1e-9);
      }),
    );
    expect(remainder(5, 2)).toBe(1);
    expect(remainder(7, 2)).toBe(-1);
    expect(remainder(1, 0)).toBeNaN();
  });
});

describe('special functions', () => {
  test('fixed point holds reals exactly', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e15, max: 1e15, noNaN: true }), (x) => {
        if (Math.abs(x) > 1e-30) expect(toReal(fromReal(x))).toBe(x);
      }),
    );
    expect(toReal(pi)).toBe(Math.PI);
  });
  test('erf is odd, and erfc is what it leaves of 1', () => {
    fc.assert(
      fc.property(fc.double({ min: -8, max: 8, noNaN: true }), (x) => {
        expect(erf(-x)).toBe(-erf(x));
        near(erf(x) + erfc(x), 1);
      }),
      { numRuns: 50 },
    );
    near(erfc(10), 2.088487583762545e-45);
    near(erfc(26), 5.663192408856143e-296);
    expect([erf(1e-300), erf(100), erf(-100), erfc(100), erfc(-100)]).toEqual([
      1e-300 * 1.1283791670955126,
      1,
      -1,
      0,
      2,
    ]);
  });
  test('gamma(x+1) = x gamma(x)', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 200, noNaN: true }), (x) => {
        expect(Math.abs(lgamma(x + 1)[1] - lgamma(x)[1] - Math.log(x))).toBeLessThan(1e-12);
      }),
      { numRuns: 50 },
    );
    near(lgamma(0.5)[1], Math.log(Math.PI) / 2);
    expect(lgamma(-2)).toEqual([1, Number.POSITIVE_INFINITY]);
  });
  test("Bessel functions keep Wronski's identity", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 200, noNaN: true }), (x) => {
        near(j1(x) * y0(x) - j0(x) * y1(x), 2 / (Math.PI * x), 1e-11);
      }),
      { numRuns: 60 },
    );
  });
  test('orders on both sides of the argument', () => {
    for (const [n, x] of [
      [5, 3],
      [40, 35],
      [35, 40],
      [200, 100],
      [3, 29.99],
      [3, 30.01],
    ] as const)
      near(jn(n + 1, x) * yn(n, x) - jn(n, x) * yn(n + 1, x), 2 / (Math.PI * x), 1e-9);
  });
  test('orders that would take too long are refused', () => {
    expect(() => jn(1e9, 1e10)).toThrow(OrderError);
    expect(() => yn(1e9, 1e10)).toThrow(OrderError);
    expect(jn(1e9, 10)).toBe(0);
    expect(yn(2e9, 0.5)).toBe(Number.NEGATIVE_INFINITY);
  });
});
