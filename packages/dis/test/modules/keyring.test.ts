import { createCipheriv, createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { aes } from '../../src/modules/keyring/aes.ts';
import {
  bitLength,
  fromBytes,
  inverse,
  mod,
  modPowSteps,
  newPrimeSteps,
  primeSteps,
  toBytes,
} from '../../src/modules/keyring/big.ts';
import { type BlockCipher, cbc, ecb } from '../../src/modules/keyring/block-cipher.ts';
import { blowfish } from '../../src/modules/keyring/blowfish.ts';
import { des } from '../../src/modules/keyring/des.ts';
import {
  digestOf,
  finish,
  md4,
  md5,
  newState,
  sha1,
  sha224,
  sha256,
  sha384,
  sha512,
  update,
} from '../../src/modules/keyring/digests.ts';
import { fromText, toText } from '../../src/modules/keyring/encoding.ts';
import { idea } from '../../src/modules/keyring/idea.ts';
import { cryptModule, ipintsModule, keyringModule } from '../../src/modules/keyring/index.ts';
import { goldenTests, testFile } from './golden.ts';
import { runProgram } from './program.ts';

describe('programs print what they print in the original emulator', () => goldenTests('keyring'));

test('the interfaces are whole', () => {
  expect([keyringModule, ipintsModule, cryptModule].map((m) => m.functions.length)).toEqual([94, 35, 36]);
});

/** All steps at once. */
function done<T>(steps: Generator<void, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

const hex = (b: Uint8Array): string => Buffer.from(b).toString('hex');
const bytes = (h: string): Uint8Array => new Uint8Array(Buffer.from(h, 'hex'));
const ascii = (s: string): Uint8Array => new TextEncoder().encode(s);

describe('digests', () => {
  test('md4, RFC 1320', () => {
    expect(hex(digestOf(md4))).toBe('31d6cfe0d16ae931b73c59d7e0c089c0');
    expect(hex(digestOf(md4, ascii('abc')))).toBe('a448017aaf21d8525fc10ae87aa6729d');
  });
  test.each([md5, sha1, sha224, sha256, sha384, sha512])('$name of any data, in any pieces', (d) => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 4 }), (pieces) => {
        const state = newState(d);
        for (const piece of pieces) update(d, state, piece);
        expect(hex(finish(d, state))).toBe(createHash(d.name).update(Buffer.concat(pieces)).digest('hex'));
      }),
    );
  });
});

describe('ciphers', () => {
  test.each<[string, (key: Uint8Array) => BlockCipher, string, string, string]>([
    [
      'aes 128',
      aes,
      '000102030405060708090a0b0c0d0e0f',
      '00112233445566778899aabbccddeeff',
      '69c4e0d86a7b0430d8cdb78070b4c55a',
    ],
    [
      'aes 192',
      aes,
      '000102030405060708090a0b0c0d0e0f1011121314151617',
      '00112233445566778899aabbccddeeff',
      'dda97ca4864cdfe06eaf70a0ec0d7191',
    ],
    ['des', des, '133457799bbcdff1', '0123456789abcdef', '85e813540f0ab405'],
    ['idea', idea, '00010002000300040005000600070008', '0000000100020003', '11fbed2b01986de5'],
    // The published vector with its words turned round.
    ['blowfish', blowfish, '0123456789abcdef', '1111111111111111', '80c3f96196b08122'],
  ])('%s: published vector', (_name, make, key, plain, cipher) => {
    const data = bytes(plain);
    make(bytes(key)).encrypt(data, 0);
    expect(hex(data)).toBe(cipher);
    make(bytes(key)).decrypt(data, 0);
    expect(hex(data)).toBe(plain);
  });
  test.each([16, 24, 32])('aes in a chain, key of %i bytes', (length) => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: length, maxLength: length }),
        fc.uint8Array({ minLength: 16, maxLength: 16 }),
        fc.nat(5),
        (key, ivec, blocks) => {
          const data = Uint8Array.from({ length: 16 * blocks }, (_, i) => i);
          const peer = createCipheriv(`aes-${8 * length}-cbc`, key, ivec).setAutoPadding(false);
          const want = hex(Buffer.concat([peer.update(data), peer.final()]));
          cbc(aes(key), data, data.length, ivec.slice(), false);
          expect(hex(data)).toBe(want);
        },
      ),
    );
  });
  test('what is encrypted comes back, in both modes and with every cipher', () => {
    const key = fc.uint8Array({ minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(
        key,
        fc.uint8Array({ maxLength: 100 }),
        fc.constantFrom(aes, des, idea, blowfish),
        (k, data, make) => {
          const c = make(k);
          const copy = data.slice();
          cbc(c, copy, copy.length, new Uint8Array(c.block), false);
          cbc(c, copy, copy.length, new Uint8Array(c.block), true);
          ecb(c, copy, copy.length, false);
          ecb(c, copy, copy.length, true);
          expect(copy).toEqual(data);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('integers', () => {
  const big = fc.bigInt({ min: -(1n << 300n), max: 1n << 300n });
  test('come back from bytes and from text in every base', () => {
    fc.assert(
      fc.property(big, (v) => {
        expect(fromBytes(toBytes(v))).toBe(v < 0n ? -v : v);
        for (const base of [10, 16, 64]) expect(fromText(toText(v, base), base)).toBe(v);
        expect(bitLength(v)).toBe(v === 0n ? 0 : (v < 0n ? -v : v).toString(2).length);
      }),
    );
  });
  test('powers and inverses', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 1n << 60n }),
        fc.nat(300),
        fc.bigInt({ min: 1n, max: 1n << 64n }),
        (b, e, m) => {
          expect(done(modPowSteps(b, BigInt(e), m))).toBe(b ** BigInt(e) % m);
          const i = inverse(b, m);
          if (i !== undefined) expect(mod(i * b, m)).toBe(mod(1n, m));
        },
      ),
    );
  });
  test('primes', () => {
    const isPrime = (n: bigint): boolean => done(primeSteps(n, 10));
    expect([2n, 3n, 1999n, 2003n, (1n << 127n) - 1n].every(isPrime)).toBe(true);
    expect([0n, 1n, 4n, 561n, 2003n * 2011n, (1n << 128n) + 1n].some(isPrime)).toBe(false);
    expect(bitLength(done(newPrimeSteps(96)))).toBe(96);
  });
});

test('long work is done with turns for the rest of the host, and to the same end', async () => {
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  const { out } = await runProgram(testFile('slow.dis'), { memory: 64 << 20 });
  clearInterval(timer);
  const data = Uint8Array.from({ length: 3_000_000 }, (_, i) => i * 7);
  const key = Uint8Array.from({ length: 16 }, (_, i) => i);
  const peer = createCipheriv('aes-128-cbc', key, new Uint8Array(16)).setAutoPadding(false);
  const whole = data.subarray(0, data.length - (data.length % 16));
  const last = peer.update(whole).subarray(-4);
  expect(out).toBe(
    [
      createHash('sha512').update(data).digest('hex').slice(0, 16),
      hex(last),
      'sorted 1',
      'product 1',
      '',
    ].join('\n'),
  );
  expect(turns).toBeGreaterThan(5);
});

test('hostile sizes are refused, and a prime search can be killed', async () => {
  const { out, why } = await runProgram(testFile('limits.dis'), {
    setup: (machine) => {
      setTimeout(() => machine.kill(1), 300);
    },
  });
  expect(out).toBe(
    [
      'out of memory: heap',
      'out of memory: heap',
      'invalid argument',
      'zero divide',
      'rc4 not supported',
      'not supported',
      '',
    ].join('\n'),
  );
  expect(why).toBe('killed');
});
