import { createHash } from 'node:crypto';
import { read } from '@llambo/dis/object';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { md5 } from '../src/signature/md5.ts';
import { compileText } from './helper.ts';

describe('md5', () => {
  it('is the digest of RFC 1321', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const words = Int32Array.from(md5(bytes));
        expect(Buffer.from(words.buffer).toString('hex')).toBe(createHash('md5').update(bytes).digest('hex'));
      }),
    );
  });
});

/** Declaration of a function in a module that is loaded, a call of it, and the signature that the original gives it. */
const signatures: [declaration: string, call: string, signature: number][] = [
  ['print: fn(s: string, *): int;', 'print("")', 0xac849033],
  ['init: fn(nil: ref Draw->Context, nil: list of string);', 'init(nil, nil)', 0x4244b354],
  ['f: fn();', 'f()', 0x9cd71c5e],
  ['g: fn(a: array of byte, n: big): (int, real);', 'g(nil, big 1)', 0xa37e1f22],
  [
    'h: fn(x: ref A, f: ref fn(s: string): int): chan of A; A: adt { x: int; l: list of ref A; q: fn(a: self ref A): int; };',
    'h(nil, nil)',
    0xcdfc5877,
  ],
];

describe('signatures', () => {
  it.each(signatures)('%s', (declaration, call, signature) => {
    const name = declaration.slice(0, declaration.indexOf(':'));
    const { dis, diagnostics } = compileText(
      `implement T; include "sys.m"; include "draw.m"; T: module { run: fn(); };\nM: module { ${declaration} };\nrun() { m := load M "m"; m->${call}; }`,
    );
    expect(diagnostics).toEqual([]);
    const found = read(dis!)
      .imports!.flat()
      .find((i) => i.name === name);
    expect(found!.sig >>> 0).toBe(signature);
  });
});
