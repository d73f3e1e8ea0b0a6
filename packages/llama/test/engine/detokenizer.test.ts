import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Detokenizer } from '../../src/engine/detokenizer.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** What comes out piece by piece, the last piece being the flush. */
function feed(
  pieces: readonly Uint8Array[],
  stops: readonly string[] = [],
): { given: string[]; stop: string | undefined } {
  const detokenizer = new Detokenizer(stops);
  const given: string[] = [];
  for (const piece of pieces) {
    given.push(detokenizer.push(piece));
    if (detokenizer.stopString !== undefined) return { given, stop: detokenizer.stopString };
  }
  return { given: [...given, detokenizer.flush()], stop: undefined };
}

describe('text from token bytes', () => {
  test.each([
    ['a character split over two tokens waits', [bytes('é').slice(0, 1), bytes('é').slice(1)], ['', 'é', '']],
    ['an emoji split over four', [...bytes('😀')].map((b) => Uint8Array.of(b)), ['', '', '', '😀', '']],
    ['a torn last character becomes U+FFFD', [bytes('a'), bytes('é').slice(0, 1)], ['a', '', '\ufffd']],
    ['invalid bytes become U+FFFD', [Uint8Array.of(0xff, 0x41)], ['\ufffdA', '']],
  ])('%s', (_name, pieces, expected) => {
    expect(feed(pieces as Uint8Array[]).given).toEqual(expected);
  });

  test.each([
    ['stop inside one piece', ['abcSTOPdef'], ['STOP'], 'abc', 'STOP'],
    ['stop over pieces', ['abcST', 'OPdef'], ['STOP'], 'abc', 'STOP'],
    ['a beginning that is none is given after all', ['abcST', 'ART'], ['STOP'], 'abcSTART', undefined],
    ['the earliest stop wins', ['xBBxAA'], ['AA', 'BB'], 'x', 'BB'],
    ['held text comes with the flush', ['abcSTO'], ['STOP'], 'abcSTO', undefined],
  ])('%s', (_name, pieces, stops, text, stop) => {
    const result = feed(pieces.map(bytes), stops);
    expect(result.given.join('')).toBe(text);
    expect(result.stop).toBe(stop);
  });

  test('however text is torn, it comes out whole and up to the first stop', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.array(fc.nat({ max: 5 })),
        fc.constantFrom([], ['ab', 'é'], ['\n\n']),
        (text, cuts, stops) => {
          const all = bytes(text);
          const pieces: Uint8Array[] = [];
          let at = 0;
          for (const cut of cuts) pieces.push(all.slice(at, (at += cut)));
          pieces.push(all.slice(at));
          const ends = stops.map((stop) => text.indexOf(stop)).filter((index) => index >= 0);
          const expected = ends.length === 0 ? text : text.slice(0, Math.min(...ends));
          expect(feed(pieces, stops).given.join('')).toBe(expected);
        },
      ),
    );
  });
});
