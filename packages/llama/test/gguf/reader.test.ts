import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { type Gguf, type GgufArray, GgufError, readGguf } from '../../src/gguf/index.ts';
import { arr, type File, smallModel, str, type Tensor, u32, type Value, writeGguf } from './writer.ts';

const folder = mkdtempSync(join(tmpdir(), 'llambo-gguf-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, 'model.gguf');

function read(bytes: Uint8Array): Promise<Gguf> {
  writeFileSync(path, bytes);
  return readGguf(path);
}

const withKeys = (...metadata: [string, Value][]): File => ({ metadata });
const withTensor = (tensor: Partial<Tensor>, data = 4096): File => ({
  metadata: [],
  tensors: [{ name: 't', shape: [64], type: 0, offset: 0n, ...tensor }],
  data,
});

describe('honest files', () => {
  it('derives what a model is', async () => {
    const gguf = await read(writeGguf(smallModel));
    expect(gguf.model).toEqual({
      architecture: 'llama',
      name: 'Small',
      contextLength: 512,
      embeddingLength: 64,
      layers: 2,
      heads: 8,
      kvHeads: 4,
      chatTemplate: '{{ messages }}',
      tokenizer: 'gpt2',
      vocabSize: 4,
      quantization: 'Q4_0',
      parameters: 64 * 4 + 64,
      // 2 layers, 4 heads of 8 floats of 2 bytes, for keys and for values
      kvBytesPerToken: 2 * 4 * 8 * 2 * 2,
    });
    expect(gguf.tensors).toEqual([
      {
        name: 'token_embd.weight',
        type: 'Q4_0',
        shape: [64, 4],
        elements: 256,
        offset: gguf.dataOffset,
        size: (256 / 32) * 18,
      },
      {
        name: 'output_norm.weight',
        type: 'F32',
        shape: [64],
        elements: 64,
        offset: gguf.dataOffset + 160,
        size: 256,
      },
    ]);
    expect(gguf.dataOffset % gguf.alignment).toBe(0);
  });

  it('reads version 2 alike', async () => {
    const two = await read(writeGguf({ ...smallModel, version: 2 }));
    const three = await read(writeGguf(smallModel));
    expect({ ...two, version: 3, metadata: 0 }).toEqual({ ...three, metadata: 0 });
  });

  it('reads arrays when they are asked for, nested ones too', async () => {
    const gguf = await read(
      writeGguf(
        withKeys(
          ['words', arr('string', ['', 'a', 'żółw', '\ufeff', '\ufeffx'].map(str))],
          [
            'numbers',
            arr(
              'int8',
              [-1, 0, 127].map((value) => ({ type: 'int8', value })),
            ),
          ],
          ['empty', arr('float64', [])],
          ['nested', arr('array', [arr('uint32', [u32(1), u32(2)]), arr('string', [str('x')])])],
        ),
      ),
    );
    const values = (key: string) => (gguf.metadata.get(key) as GgufArray).values();
    expect(await values('words')).toEqual(['', 'a', 'żółw', '\ufeff', '\ufeffx']);
    expect(await values('numbers')).toEqual([-1, 0, 127]);
    expect(await values('empty')).toEqual([]);
    const [first, second] = (await values('nested')) as GgufArray[];
    expect(await first!.values()).toEqual([1, 2]);
    expect(await second!.values()).toEqual(['x']);
    writeFileSync(path, 'changed');
    await expect(values('words')).rejects.toThrow('has changed since its header was read');
    rmSync(path);
    await expect(values('words')).rejects.toThrow('cannot be opened again');
  });

  it('keeps 64-bit integers exact', async () => {
    const gguf = await read(
      writeGguf(
        withKeys(
          ['small', { type: 'uint64', value: 42n }],
          ['large', { type: 'uint64', value: 2n ** 64n - 1n }],
          ['negative', { type: 'int64', value: -(2n ** 63n) }],
          ['minus', { type: 'int64', value: -42n }],
        ),
      ),
    );
    expect([...gguf.metadata.values()]).toEqual([42, 2n ** 64n - 1n, -(2n ** 63n), -42]);
  });

  it('takes heads that differ by layer', async () => {
    const heads = (values: number[]) => arr('uint32', values.map(u32));
    const { model } = await read(
      writeGguf(
        withKeys(
          ['general.architecture', str('x')],
          ['x.embedding_length', u32(64)],
          ['x.block_count', u32(3)],
          ['x.attention.head_count', heads([8, 8, 8])],
          ['x.attention.head_count_kv', heads([4, 0, 2])],
        ),
      ),
    );
    expect(model).toMatchObject({ heads: 8, kvHeads: 4, kvBytesPerToken: (4 + 0 + 2) * (8 + 8) * 2 });
  });

  it('reads a header larger than its window', async () => {
    const tokens = Array.from({ length: 60_000 }, (_, i) => `token-${i}`);
    const long = 'ł'.repeat(400_000);
    const gguf = await read(
      writeGguf(withKeys(['tokens', arr('string', tokens.map(str))], ['long', str(long)], ['last', u32(7)])),
    );
    expect(await (gguf.metadata.get('tokens') as GgufArray).values()).toEqual(tokens);
    expect(gguf.metadata.get('long')).toBe(long);
    expect(gguf.metadata.get('last')).toBe(7);
  });

  it('leaves undefined what the header does not say, or says in a wrong type', async () => {
    const { model } = await read(
      writeGguf(
        withKeys(
          ['general.architecture', str('x')],
          ['x.context_length', str('many')],
          ['x.block_count', { type: 'uint64', value: 2n ** 60n }],
          ['x.attention.head_count', arr('string', [str('no')])],
          ['tokenizer.chat_template', u32(1)],
        ),
      ),
    );
    expect(model).toEqual({
      architecture: 'x',
      parameters: 0,
      ...Object.fromEntries(
        [
          'name',
          'contextLength',
          'embeddingLength',
          'layers',
          'heads',
          'kvHeads',
          'chatTemplate',
          'tokenizer',
          'vocabSize',
          'quantization',
          'kvBytesPerToken',
        ].map((key) => [key, undefined]),
      ),
    });
  });
});

describe('wrong and hostile files', () => {
  const nest = (depth: number): Value => (depth === 0 ? arr('uint8', []) : arr('array', [nest(depth - 1)]));
  const huge = 2n ** 62n;
  const cases: [string, File | Uint8Array, RegExp][] = [
    ['an empty file', Buffer.alloc(0), /not a GGUF file: only 0 bytes/],
    ['another format', Buffer.from('PK\x03\x04 and so on'), /not a GGUF file: begins with/],
    ['version 1', { ...smallModel, version: 1 }, /GGUF version 1, only 2 and 3/],
    ['version 4', { ...smallModel, version: 4 }, /GGUF version 4, only 2 and 3/],
    ['big-endian, by its version', { ...smallModel, version: 0x0300_0000 }, /big-endian/],
    ['big-endian, by its magic', { ...smallModel, magic: 'FUGG' }, /big-endian/],
    ['more keys than bytes', { metadata: [], keyCount: 60_000n }, /truncated: the list of keys/],
    ['more keys than anyone needs', { metadata: [], keyCount: huge }, /tensor|key count is|keys, more than/],
    ['more tensors than bytes', { metadata: [], tensorCount: 60_000n }, /truncated: the list of tensors/],
    ['more tensors than anyone needs', { metadata: [], tensorCount: 2n ** 40n }, /tensors, more than/],
    ['a duplicate key', withKeys(['k', u32(1)], ['k', u32(2)]), /duplicate key "k"/],
    ['alignment 0', withKeys(['general.alignment', u32(0)]), /alignment is not a power of two/],
    ['alignment 24', withKeys(['general.alignment', u32(24)]), /alignment is not a power of two/],
    ['alignment in words', withKeys(['general.alignment', str('32')]), /alignment is not a power of two/],
    [
      'an array of more strings than bytes',
      withKeys(['k', { type: 'array', of: 'string', value: [], length: 2n ** 40n }]),
      /truncated: value of "k"/,
    ],
    [
      'an array of more numbers than bytes',
      withKeys(['k', { type: 'array', of: 'uint64', value: [], length: 2n ** 52n }]),
      /truncated: value of "k"/,
    ],
    [
      'an array of a length past 2^53',
      withKeys(['k', { type: 'array', of: 'uint8', value: [], length: 2n ** 64n - 1n }]),
      /larger than any file/,
    ],
    ['arrays nested too deep', withKeys(['k', nest(9)]), /nests arrays deeper than 8/],
    ['5 dimensions', withTensor({ shape: [1, 1, 1, 1, 1] }), /"t" has 5 dimensions/],
    ['too many elements', withTensor({ shape: [2n ** 30n, 2n ** 30n] }), /"t" has too many elements/],
    ['an unknown tensor type', withTensor({ type: 77 }), /"t" has unknown type 77/],
    ['a withdrawn tensor type', withTensor({ type: 4 }), /"t" has unknown type 4/],
    [
      'a row that is no whole number of blocks',
      withTensor({ type: 12, shape: [64] }),
      /not a multiple of 256/,
    ],
    ['an offset out of line', withTensor({ offset: 4n }), /offset 4, not a multiple of 32/],
    ['an offset past the end', withTensor({ offset: 2n ** 40n }), /truncated: tensor "t" ends at/],
    ['an offset that overflows', withTensor({ offset: 2n ** 64n - 32n }), /larger than any file/],
    ['tensor data past the end', withTensor({ shape: [1025] }), /truncated: tensor "t" ends at/],
    ['a tensor name of 65 bytes', withTensor({ name: 'n'.repeat(65) }), /65 bytes, more than 64/],
    [
      'a duplicate tensor',
      { ...smallModel, tensors: [smallModel.tensors![0]!, smallModel.tensors![0]!] },
      /duplicate tensor "token_embd.weight"/,
    ],
  ];
  it.each(cases)('%s', async (_, file, message) => {
    const error = await read(file instanceof Uint8Array ? file : writeGguf(file)).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(GgufError);
    expect((error as GgufError).message).toMatch(message);
    expect((error as GgufError).message).toContain(path);
  });

  it('refuses a bool that is neither, and a value type that is none', async () => {
    const bytes = writeGguf(withKeys(['k', { type: 'bool', value: true }]));
    const at = 4 + 4 + 8 + 8 + 8 + 1;
    bytes[at + 4] = 2;
    await expect(read(bytes)).rejects.toThrow('value of "k" is a bool of value 2');
    bytes[at] = 13;
    await expect(read(bytes)).rejects.toThrow('value of "k" has unknown type 13');
  });

  it('refuses an overlong string without allocating it', async () => {
    const bytes = writeGguf(withKeys(['k', str('x')]));
    bytes.writeBigUInt64LE(2n ** 40n, 4 + 4 + 8 + 8 + 8 + 1 + 4);
    await expect(read(bytes)).rejects.toThrow('value of "k" has 1099511627776 bytes, more than 16777216');
  });

  it('bounds the header of a sparse file of zeros, which is an endless list of empty strings', async () => {
    const file = withKeys(['k', { type: 'array', of: 'string', value: [], length: 2n ** 33n }]);
    writeFileSync(path, writeGguf(file));
    truncateSync(path, 2 ** 37);
    await expect(readGguf(path)).rejects.toThrow(
      'value of "k" runs past the largest header of 268435456 bytes',
    );
  });

  it('refuses what is no file', async () => {
    await expect(readGguf(join(folder, 'none.gguf'))).rejects.toThrow('none.gguf: no such file');
    await expect(readGguf(folder)).rejects.toThrow('not a file');
  });
});

describe('properties', () => {
  const whole = writeGguf(smallModel);
  const scalar: fc.Arbitrary<Value> = fc.oneof(
    fc.record({ type: fc.constant('uint8' as const), value: fc.nat(255) }),
    fc.record({ type: fc.constant('int16' as const), value: fc.integer({ min: -32_768, max: 32_767 }) }),
    fc.record({ type: fc.constant('int32' as const), value: fc.integer() }),
    fc.record({ type: fc.constant('float64' as const), value: fc.double({ noNaN: true }) }),
    fc.record({
      type: fc.constant('int64' as const),
      value: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    }),
    fc.record({ type: fc.constant('bool' as const), value: fc.boolean() }),
    fc.string({ unit: 'grapheme' }).map(str),
  );
  const strings = fc.array(fc.string().map(str)).map((all) => arr('string', all));
  const numbers = fc.array(fc.nat().map(u32)).map((all) => arr('uint32', all));
  const nested = fc.array(fc.oneof(strings, numbers)).map((all) => arr('array', all));
  const deeper = fc.array(fc.oneof(nested, strings)).map((all) => arr('array', all));
  const value = fc.oneof(scalar, strings, numbers, nested, deeper);

  async function plain(read: unknown): Promise<unknown> {
    if (typeof read === 'object') return Promise.all((await (read as GgufArray).values()).map(plain));
    return typeof read === 'bigint' || Number.isInteger(read) ? BigInt(read as bigint) : read;
  }
  const written = (v: Value): unknown => {
    if (v.type === 'array') return v.value.map(written);
    return Number.isInteger(v.value) ? BigInt(v.value as number) : v.value;
  };

  it('reads back all metadata that was written', async () => {
    const metadata = fc.uniqueArray(
      fc.tuple(
        fc.string().filter((k) => k !== 'general.alignment'),
        value,
      ),
      {
        selector: ([key]) => key,
        maxLength: 12,
      },
    );
    await fc.assert(
      fc.asyncProperty(metadata, async (pairs) => {
        const gguf = await read(writeGguf({ metadata: pairs }));
        const got = await Promise.all([...gguf.metadata].map(async ([key, v]) => [key, await plain(v)]));
        expect(got).toEqual(pairs.map(([key, v]) => [key, written(v)]));
      }),
      { numRuns: 100 },
    );
  });

  it('refuses truncations at every field', async () => {
    const wrong: unknown[] = [];
    for (let length = 0; length < whole.length; length += length < 150 ? 1 : 5) {
      const result = await read(whole.subarray(0, length)).catch((error: unknown) => error);
      if (!(result instanceof GgufError)) wrong.push(length);
    }
    expect(wrong).toEqual([]);
  });

  it('answers any mutation with a model or a GgufError', async () => {
    const change = fc.record({ at: fc.nat(whole.length - 1), byte: fc.constantFrom(0, 1, 9, 127, 128, 255) });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 8 }), async (changes) => {
        const bytes = Buffer.from(whole);
        for (const { at, byte } of changes) bytes[at] = byte;
        const result = await read(bytes).catch((error: unknown) => error);
        if (result instanceof GgufError) return;
        const gguf = result as Gguf;
        for (const tensor of gguf.tensors)
          expect(tensor.offset + tensor.size).toBeLessThanOrEqual(bytes.length);
        for (const v of gguf.metadata.values()) if (typeof v === 'object') await v.values().catch(refuse);
      }),
      { numRuns: 800 },
    );
  });

  it('answers any bytes after the magic with a GgufError or a model', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        const head = Buffer.from('GGUF\x03\0\0\0', 'latin1');
        await read(Buffer.concat([head, bytes])).catch(refuse);
      }),
      { numRuns: 300 },
    );
  });
});

function refuse(error: unknown): void {
  expect(error).toBeInstanceOf(GgufError);
}
