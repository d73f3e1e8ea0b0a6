import {
  AFP,
  AIMM,
  AIND,
  AMP,
  AXIMM,
  AXNON,
  AXXX,
  modeByte,
  type ObjectFile,
  op,
} from '../../src/object/index.ts';

/** A module that has something in every section: function `f` adds 1 to its argument, and a handler around it. */
export function sample(): ObjectFile {
  const real = new Float64Array(new BigInt64Array([0x7ff8_0000_0000_0001n]).buffer);
  return {
    flags: 0x60,
    stackExtent: 1024,
    dataSize: 64,
    entryPc: 0,
    entryType: 1,
    code: [
      { op: op('addw'), mode: modeByte(AXIMM, AFP, AIND | AFP), mid: 1, src: 32, src2: 0, dst: 16, dst2: 0 },
      {
        op: op('movw'),
        mode: modeByte(AXNON, AIMM, AMP),
        mid: 0,
        src: -300_000_000,
        src2: 0,
        dst: 8,
        dst2: 0,
      },
      { op: op('ret'), mode: modeByte(AXNON, AXXX, AXXX), mid: 0, src: 0, src2: 0, dst: 0, dst2: 0 },
    ],
    types: [
      { id: 0, size: 64, map: new Uint8Array([0xc0]) },
      { id: 1, size: 40, map: new Uint8Array([0x00, 0x40]) },
      { id: 2, size: 8, map: new Uint8Array() },
    ],
    data: [
      { kind: 'string', offset: 0, utf8: new TextEncoder().encode('grüße "x"\n') },
      { kind: 'string', offset: 4, utf8: new Uint8Array() },
      { kind: 'words', offset: 8, values: Int32Array.from({ length: 20 }, (_, i) => i * -77777777) },
      { kind: 'bigs', offset: 48, values: new BigInt64Array([-1n << 63n]) },
      { kind: 'reals', offset: 56, values: real },
      { kind: 'array', offset: 4, type: 2, length: 3 },
      { kind: 'index', offset: 4, index: 1 },
      { kind: 'bytes', offset: 0, values: new Uint8Array([1, 255]) },
      { kind: 'restore', offset: 0 },
    ],
    name: 'Sample',
    links: [
      { pc: 0, type: 1, sig: -0x1234567, name: 'f' },
      { pc: -1, type: -1, sig: 7, name: '.mp' },
    ],
    imports: [[{ sig: 0x616977e8, name: 'sleep' }], []],
    handlers: [
      {
        offset: 36,
        pc1: 0,
        pc2: 2,
        type: -1,
        exceptions: 0,
        cases: [{ name: 'fail:*', pc: 2 }],
        wildcard: -1,
      },
    ],
    source: '/usr/llambo/sample.b',
  };
}
