/** UTF-8 as the original's library reads it: one bad byte is one U+FFFD. */

export const Runeerror = 0xfffd;
/** Bytes that encode one character at most. */
export const UTFmax = 4;
const Runemax = 0x10ffff;

/** Whether the bytes from `at` to `end` are enough to tell the character there, or that there is none. */
export function fullRune(bytes: Uint8Array, at: number, end: number): boolean {
  const n = end - at;
  if (n <= 0) return false;
  const c = bytes[at]!;
  return n >= (c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4);
}

/** The character at `at` and how many bytes it takes. Bytes that are none are Runeerror, of one byte. */
export function charToRune(bytes: Uint8Array, at: number): [rune: number, width: number] {
  const c = bytes[at]!;
  if (c < 0x80) return [c, 1];
  const bad: [number, number] = [Runeerror, 1];
  if (c < 0xc0 || c >= 0xf8) return bad;
  const width = c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
  let rune = c & (0x7f >> width);
  for (let i = 1; i < width; i++) {
    const more = bytes[at + i] ?? 0;
    if ((more & 0xc0) !== 0x80) return bad;
    rune = (rune << 6) | (more & 0x3f);
  }
  const least = width === 2 ? 0x80 : width === 3 ? 0x800 : 0x10000;
  if (rune < least || rune > Runemax || (rune >= 0xd800 && rune < 0xe000)) return bad;
  return [rune, width];
}

/** The bytes of a character; of Runeerror when it is none. */
export function runeToChar(rune: number): Uint8Array {
  const isSurrogate = rune >= 0xd800 && rune < 0xe000;
  const c = rune < 0 || rune > Runemax || isSurrogate ? Runeerror : rune;
  return new TextEncoder().encode(String.fromCodePoint(c));
}
