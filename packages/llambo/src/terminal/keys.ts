/** From the bytes of a terminal to keys: UTF-8, escape sequences of xterm and its kin, bracketed paste. */
import { StringDecoder } from 'node:string_decoder';

export interface Key {
  /** `text` for what is typed, `paste` for what is pasted, else a name: `enter`, `ctrl-a`, `alt-left`, `shift-tab` ... */
  readonly name: string;
  /** What was typed or pasted; empty otherwise. */
  readonly text: string;
}

const PASTE_BEGIN = '\x1b[200~';
const PASTE_END = '\x1b[201~';
const CSI = /^\x1b\[([0-?]*)[ -/]*([@-~])/;
const SS3 = /^\x1bO([0-9;]*)([@-~])/;
/** The beginning of a sequence that is not all there yet. */
const PART = /^\x1b(?:\x1b?\[[0-?]*[ -/]*|\x1b?O[0-9;]*)?$/;

const LETTERS: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  E: 'clear',
  F: 'end',
  H: 'home',
  Z: 'shift-tab',
  M: 'enter',
  P: 'f1',
  Q: 'f2',
  R: 'f3',
  S: 'f4',
};

const NUMBERS: Readonly<Record<string, string>> = {
  1: 'home',
  2: 'insert',
  3: 'delete',
  4: 'end',
  5: 'pageup',
  6: 'pagedown',
  7: 'home',
  8: 'end',
  11: 'f1',
  12: 'f2',
  13: 'f3',
  14: 'f4',
  15: 'f5',
  17: 'f6',
  18: 'f7',
  19: 'f8',
  20: 'f9',
  21: 'f10',
  23: 'f11',
  24: 'f12',
};

const CONTROLS: Readonly<Record<string, string>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\t': 'tab',
  '\b': 'ctrl-h',
  '\x7f': 'backspace',
  '\x00': 'ctrl-space',
  '\x1c': 'ctrl-\\',
  '\x1d': 'ctrl-]',
  '\x1e': 'ctrl-^',
  '\x1f': 'ctrl-_',
};

/** Bytes in, keys out; sequences may be torn apart at any byte. */
export class KeyDecoder {
  readonly #decoder: StringDecoder = new StringDecoder('utf8');
  #held = '';
  #pasted: string | undefined;

  /** True when what is held may be a lone Escape: after a moment of silence `flush` says so. */
  get waiting(): boolean {
    return this.#held !== '' && this.#pasted === undefined;
  }

  push(bytes: Uint8Array): Key[] {
    this.#held += this.#decoder.write(bytes as Buffer);
    const keys: Key[] = [];
    while (this.#held !== '') {
      const before = this.#held.length;
      const key = this.#pasted === undefined ? this.#next() : this.#paste();
      if (key !== undefined) keys.push(key);
      else if (this.#held.length === before) break;
    }
    return keys;
  }

  /** Nothing followed: an Escape that was held is the key, the beginning of a sequence is dropped. */
  flush(): Key[] {
    const held = this.#held;
    this.#held = '';
    if (held === '\x1b') return [{ name: 'escape', text: '' }];
    if (/^\x1b[[O]$/.test(held)) return [{ name: `alt-${held[1]}`, text: '' }];
    return [];
  }

  #next(): Key | undefined {
    const held = this.#held;
    if (held[0] !== '\x1b') return this.#plain();
    if (PASTE_BEGIN.startsWith(held) && held.length < PASTE_BEGIN.length) return undefined;
    if (held.startsWith(PASTE_BEGIN)) {
      this.#held = held.slice(PASTE_BEGIN.length);
      this.#pasted = '';
      return undefined;
    }
    if (PART.test(held)) return undefined;
    const alt = held[1] === '\x1b';
    const sequence = alt ? held.slice(1) : held;
    const found = CSI.exec(sequence) ?? SS3.exec(sequence);
    if (found !== null) {
      this.#held = sequence.slice(found[0].length);
      const name = sequenceName(found[1] as string, found[2] as string);
      return name === undefined ? undefined : { name: alt ? `alt-${name}` : name, text: '' };
    }
    // Escape before another key: that key with Alt.
    const char = String.fromCodePoint(held.codePointAt(1) as number);
    this.#held = held.slice(1 + char.length);
    return { name: `alt-${controlName(char) ?? char}`, text: '' };
  }

  /** A run of characters in one key, or one control character. */
  #plain(): Key {
    const run = /^[^\x00-\x1f\x7f]+/.exec(this.#held);
    if (run !== null) {
      this.#held = this.#held.slice(run[0].length);
      return { name: 'text', text: run[0] };
    }
    const char = this.#held[0] as string;
    this.#held = this.#held.slice(char === '\r' && this.#held[1] === '\n' ? 2 : 1);
    return { name: controlName(char) as string, text: '' };
  }

  #paste(): Key | undefined {
    const end = this.#held.indexOf(PASTE_END);
    if (end < 0) {
      // The end may be torn apart: as much as could be its beginning stays.
      const keep = tailOf(this.#held, PASTE_END);
      this.#pasted += this.#held.slice(0, this.#held.length - keep);
      this.#held = this.#held.slice(this.#held.length - keep);
      return undefined;
    }
    const text = this.#pasted + this.#held.slice(0, end);
    this.#held = this.#held.slice(end + PASTE_END.length);
    this.#pasted = undefined;
    return { name: 'paste', text: text.replace(/\r\n?/g, '\n') };
  }
}

function tailOf(text: string, end: string): number {
  for (let n = Math.min(end.length - 1, text.length); n > 0; n--)
    if (text.endsWith(end.slice(0, n))) return n;
  return 0;
}

function controlName(char: string): string | undefined {
  if (char > '\x1f' && char !== '\x7f') return undefined;
  return CONTROLS[char] ?? `ctrl-${String.fromCharCode(char.charCodeAt(0) + 0x60)}`;
}

/** Undefined for what is no key: reports of the terminal, keys unknown here. */
function sequenceName(parameters: string, final: string): string | undefined {
  if (/^[<=>?]/.test(parameters)) return undefined;
  const [first = '', second = '', third = ''] = parameters.split(';');
  if (final === 'u') return withModifiers(codeName(Number(first)), second);
  if (final === '~' && first === '27') return withModifiers(codeName(Number(third)), second);
  if (final === '~') return withModifiers(NUMBERS[first], second);
  return withModifiers(LETTERS[final], second);
}

function codeName(code: number): string | undefined {
  if (!(code > 0 && code < 0x110000)) return undefined;
  if (code === 27) return 'escape';
  const char = String.fromCodePoint(code);
  return controlName(char) ?? char;
}

/** xterm's modifier is 1 and the sum of 1 shift, 2 alt, 4 control, 8 meta; the kitty protocol adds `:event`. */
function withModifiers(name: string | undefined, modifier: string): string | undefined {
  if (name === undefined) return undefined;
  const [bits = '', event = ''] = modifier.split(':');
  if (event === '3') return undefined; // a release
  const m = bits === '' ? 0 : Number(bits) - 1;
  return `${m & 4 ? 'ctrl-' : ''}${m & 10 ? 'alt-' : ''}${m & 1 ? 'shift-' : ''}${name}`;
}
