import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HASLDT0, MAXDIS, ObjectError, op, opcodes, read, write } from '../../src/object/index.ts';
import { obsolete, peerFiles } from './peers.ts';
import { sample } from './sample.ts';

describe('instruction set', () => {
  test('codes are those of the specification', () => {
    expect(MAXDIS).toBe(175);
    const codes = { nop: 0x00, exit: 0x0f, recv: 0x19, movmp: 0x2b, addb: 0x39, modb: 0x46, insc: 0x51 };
    for (const [name, code] of Object.entries({ ...codes, casec: 0x90, tcmp: 0x93, newaz: 0x9d, self: 0xae }))
      expect([name, op(name)]).toEqual([name, code]);
  });
  test('names are unique', () => expect(new Set(opcodes.map((o) => o.name)).size).toBe(MAXDIS));
  test('an unknown name is an error', () => expect(() => op('frob')).toThrow('no such opcode: frob'));
});

describe('read and write', () => {
  test('every section comes back', () => {
    const bytes = write(sample());
    expect(read(bytes)).toEqual(sample());
    expect(write(read(bytes))).toEqual(bytes);
  });
  test('a signature is kept', () => {
    const signed = { ...sample(), signature: new Uint8Array([1, 2, 3]) };
    expect(read(write(signed))).toEqual(signed);
  });
  test.each([-(2 ** 29), -8193, -8192, -65, -64, -1, 0, 63, 64, 8191, 8192, 2 ** 29 - 1])(
    'operand %i',
    (v) => {
      const file = sample();
      file.code[1]!.src = v;
      expect(read(write(file)).code[1]!.src).toBe(v);
    },
  );
  test('an operand of more than 30 bits is refused', () => {
    const file = sample();
    file.code[1]!.src = 2 ** 29;
    expect(() => write(file)).toThrow('operand does not fit 30 bits: 536870912');
  });
  test('not a dis file', () => {
    expect(() => read(new TextEncoder().encode('#!/dis/sh\n'))).toThrow('bad magic');
    expect(() => read(new Uint8Array())).toThrow('bad magic');
  });
  test('imports in the data section are obsolete', () => {
    expect(() => read(write({ ...sample(), flags: HASLDT0 }))).toThrow('obsolete dis file');
  });
  test('counts larger than the file are refused before they are believed', () => {
    const huge = [0xc0, 0x0c, 0x80, 0x30, 0, 0, 0xdf, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0];
    expect(() => read(new Uint8Array(huge))).toThrow('implausible dis file');
  });
  test('every truncation is an error that says where', () => {
    const { source: _, ...file } = sample();
    const bytes = write(file);
    for (let n = 0; n < bytes.length; n++) expect(() => read(bytes.subarray(0, n))).toThrow(ObjectError);
    expect(() => read(bytes.subarray(0, 40))).toThrow(/at byte \d+/);
  });
  test('damaged bytes give an object file or an ObjectError, never anything else', () => {
    const bytes = write(sample());
    const damage = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(damage, (changes) => {
        const bad = bytes.slice();
        for (const [at, v] of changes) bad[at] = v;
        try {
          write(read(bad));
        } catch (e) {
          expect(e).toBeInstanceOf(ObjectError);
        }
      }),
      { numRuns: 3000 },
    );
  });
});

const peers = peerFiles();

test.skipIf(peers.length === 0)('files of the standard system come back byte for byte (LLAMBO_PEERS)', () => {
  for (const { path, bytes } of peers) {
    if (obsolete.includes(path)) expect(() => read(bytes), path).toThrow('obsolete');
    else expect(Buffer.compare(write(read(bytes)), bytes), path).toBe(0);
  }
});
