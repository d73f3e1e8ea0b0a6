import { boundsFault } from '../../errors.ts';
import { type Call, typePointer } from '../../vm/builtin.ts';
import { charToRune, fullRune, Runeerror, runeToChar, UTFmax } from '../utf.ts';

const Runemax = 0x10ffff;

/** The array at `offset`, if `index` is one of it (or, with `orLength`, its length). Raises a bounds error otherwise. */
function checked(call: Call, offset: number, index: number, orLength = false): Uint8Array {
  const bytes = call.bytes(offset);
  const isNil = call.pointer(offset) === 0;
  if (isNil || index < 0 || index > bytes.length || (!orLength && index === bytes.length)) throw boundsFault;
  return bytes;
}

export const text = {
  tokenize(call: Call): void {
    const { heap } = call;
    const delimiters = new Set(call.string(36));
    const tokens: string[] = [];
    if (call.pointer(32) !== 0 && call.pointer(36) !== 0) {
      let token = '';
      for (const c of call.string(32)) {
        if (!delimiters.has(c)) token += c;
        else if (token !== '') {
          tokens.push(token);
          token = '';
        }
      }
      if (token !== '') tokens.push(token);
    }
    heap.setPointer(call.result + 4, 0);
    for (const token of tokens.toReversed()) {
      // The list grows in the result, which owns it: nothing is lost when memory runs out.
      const string = heap.newString(token);
      const cell = heap.cons(typePointer, heap.retain(heap.pointer(call.result + 4)));
      heap.setPointer(heap.listData(cell), string);
      heap.setPointer(call.result + 4, cell);
    }
    call.returnWord(tokens.length);
  },

  utfbytes(call: Call): void {
    const n = call.word(36);
    const bytes = checked(call, 32, n, true);
    let at = 0;
    while (at < n && (at + UTFmax <= n || fullRune(bytes, at, n))) at += charToRune(bytes, at)[1];
    call.returnWord(at);
  },

  byte2char(call: Call): void {
    const n = call.word(36);
    const bytes = checked(call, 32, n);
    const { heap, result } = call;
    let [rune, width, status] = [Runeerror, 0, 0];
    if (n + UTFmax <= bytes.length || fullRune(bytes, n, bytes.length)) {
      [rune, width] = charToRune(bytes, n);
      status = rune === Runeerror && width === 1 ? 0 : 1;
    }
    heap.setWord(result, rune);
    heap.setWord(result + 4, width);
    heap.setWord(result + 8, status);
  },

  char2byte(call: Call): void {
    const c = call.word(32);
    const n = call.word(40);
    const bytes = checked(call, 36, n);
    const encoded = runeToChar(c >= Runemax ? Runeerror : c);
    if (n + encoded.length > bytes.length) {
      call.returnWord(0);
      return;
    }
    bytes.set(encoded, n);
    call.returnWord(encoded.length);
  },
};
