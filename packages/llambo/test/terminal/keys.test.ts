import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KeyDecoder } from '../../src/terminal/index.ts';

const names = (bytes: string): string =>
  new KeyDecoder()
    .push(Buffer.from(bytes))
    .map(({ name, text }) => (text === '' ? name : `${name}(${text})`))
    .join(' ');

test.each([
  ['abc', 'text(abc)'],
  ['日本', 'text(日本)'],
  ['a\rb', 'text(a) enter text(b)'],
  ['\r\n', 'enter'],
  ['\x01\x05\x7f\x08', 'ctrl-a ctrl-e backspace ctrl-h'],
  ['\x1b[A\x1bOB\x1b[1;5C\x1b[1;3D', 'up down ctrl-right alt-left'],
  ['\x1b[H\x1b[F\x1b[1~\x1b[4~\x1b[3~', 'home end home end delete'],
  ['\x1b[Z', 'shift-tab'],
  ['\x1bb\x1b\x7f\x1b\r', 'alt-b alt-backspace alt-enter'],
  ['\x1b[13;2u', 'shift-enter'],
  ['\x1b[27;5;13~', 'ctrl-enter'],
  ['\x1b[97;5u', 'ctrl-a'],
  ['\x1b\x1b[D', 'alt-left'],
  ['\x1b[200~two\r\nlines\x1b[A\x1b[201~x', 'paste(two\nlines\x1b[A) text(x)'],
  ['\x1b[?1;2cok', 'text(ok)'],
  ['\x1f\x1a', 'ctrl-_ ctrl-z'],
])('%j', (bytes, keys) => {
  expect(names(bytes)).toBe(keys);
});

test('an Escape is a key when nothing follows', () => {
  const decoder = new KeyDecoder();
  expect(decoder.push(Buffer.from('\x1b'))).toEqual([]);
  expect(decoder.waiting).toBe(true);
  expect(decoder.flush()).toEqual([{ name: 'escape', text: '' }]);
  expect(decoder.waiting).toBe(false);
});

test('bytes may be torn apart anywhere', () => {
  const piece = fc.constantFrom(
    'a',
    'é',
    '日',
    '🙂',
    '\x1b[A',
    '\x1b[1;5C',
    '\x1bOP',
    '\r',
    '\x1b[200~pa\x1bste\x1b[201~',
    '\x03',
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 12 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 4 })),
      (pieces, sizes) => {
        const bytes = Buffer.from(pieces.join(''));
        const flat = (decoder: KeyDecoder, parts: Buffer[]): string =>
          parts
            .flatMap((part) => decoder.push(part))
            .map(({ name, text }) => (name === 'text' ? text : `<${name}:${text}>`))
            .join('');
        const parts: Buffer[] = [];
        for (let at = 0; at < bytes.length; ) {
          const size = sizes.next().value as number;
          parts.push(bytes.subarray(at, at + size));
          at += size;
        }
        expect(flat(new KeyDecoder(), parts)).toBe(flat(new KeyDecoder(), [bytes]));
      },
    ),
  );
});

test('any bytes are harmless', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 20 })), (chunks) => {
      const decoder = new KeyDecoder();
      for (const chunk of chunks) decoder.push(chunk);
      decoder.flush();
    }),
  );
});
