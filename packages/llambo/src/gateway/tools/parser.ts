/**
 * Finds the calls in what a model writes. Model families have marks of their own: `<tool_call>JSON</tool_call>` (Hermes,
 * Qwen, SmolLM), `[TOOL_CALLS][JSON, ...]` (Mistral), `<|python_tag|>JSON` or just JSON (Llama 3),
 * `<function=NAME>JSON</function>` (Functionary, Llama 3.1). What only looks like a call, or names a function that was
 * not offered, stays text.
 */
import type { ToolCall } from './tools.ts';

export type Piece =
  | { readonly text: string; readonly call?: never }
  | { readonly call: ToolCall; readonly text?: never };

interface Mark {
  readonly open: string;
  /** Undefined: up to the end of the answer. */
  readonly close: string | undefined;
  /** The calls in what stands between; undefined: none. */
  calls(body: string): readonly unknown[] | undefined;
}

const json = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const listed = (body: string): readonly unknown[] | undefined => {
  const value = json(body.trim());
  return value === undefined ? undefined : Array.isArray(value) ? value : [value];
};

const MARKS: readonly Mark[] = [
  { open: '<tool_call>', close: '</tool_call>', calls: listed },
  { open: '[TOOL_CALLS]', close: undefined, calls: listed },
  { open: '<|python_tag|>', close: undefined, calls: listed },
  {
    open: '<function=',
    close: '</function>',
    calls(body) {
      const at = body.indexOf('>');
      const given = json(body.slice(at + 1).trim() || '{}');
      return at < 0 || given === undefined
        ? undefined
        : [{ name: body.slice(0, at).trim(), arguments: given }];
    },
  },
];

/** What may turn out to be a call without marks, at the beginning of an answer. */
const BARE =
  /^\s*(\{\s*("(n(a(m(e("[\s\S]*)?)?)?)?|t(y(p(e("[\s\S]*)?)?)?)?|f(u(n(c(t(i(o(n("[\s\S]*)?)?)?)?)?)?)?)?)?)?)?$/;

export class ToolCallParser {
  readonly #names: ReadonlySet<string>;
  #held = '';
  #mark: Mark | undefined;
  /** Nothing was given out yet, so that a call without marks may still come. */
  #fresh = true;

  /** @param names of the functions that were offered */
  constructor(names: Iterable<string>) {
    this.#names = new Set(names);
  }

  /** What `text` completes: what may still become a call is held back. */
  push(text: string): Piece[] {
    this.#held += text;
    const pieces: Piece[] = [];
    while (this.#step(pieces));
    return pieces;
  }

  /** The answer has ended: what is held is what it is. */
  end(): Piece[] {
    const pieces: Piece[] = [];
    const held = this.#held;
    this.#held = '';
    const mark = this.#mark;
    if (held === '' && mark === undefined) return pieces;
    this.#mark = undefined;
    if (mark !== undefined) {
      if (!this.#take(mark.calls(held), pieces)) pieces.push({ text: mark.open + held });
    } else if (!(this.#fresh && this.#take(listed(held), pieces))) pieces.push({ text: held });
    return pieces;
  }

  /** True when there may be more to do. */
  #step(pieces: Piece[]): boolean {
    return this.#mark === undefined ? this.#outside(pieces) : this.#inside(this.#mark, pieces);
  }

  #outside(pieces: Piece[]): boolean {
    const held = this.#held;
    let first: Mark | undefined;
    let at = held.length;
    for (const mark of MARKS) {
      const found = held.indexOf(mark.open);
      if (found >= 0 && found < at) [first, at] = [mark, found];
    }
    if (first !== undefined) {
      this.#give(held.slice(0, at), pieces);
      this.#held = held.slice(at + first.open.length);
      this.#mark = first;
      this.#fresh = false;
      return true;
    }
    if (this.#fresh && BARE.test(held)) return false;
    const keep = longestBeginning(held);
    this.#give(held.slice(0, held.length - keep), pieces);
    this.#held = held.slice(held.length - keep);
    return false;
  }

  #inside(mark: Mark, pieces: Piece[]): boolean {
    const at = mark.close === undefined ? -1 : this.#held.indexOf(mark.close);
    if (mark.close === undefined || at < 0) return false;
    const body = this.#held.slice(0, at);
    this.#held = this.#held.slice(at + mark.close.length);
    this.#mark = undefined;
    if (!this.#take(mark.calls(body), pieces)) this.#give(mark.open + body + mark.close, pieces);
    return true;
  }

  #give(text: string, pieces: Piece[]): void {
    if (text === '') return;
    if (text.trim() !== '') this.#fresh = false;
    pieces.push({ text });
  }

  /** Whether all of these were calls of functions that were offered. */
  #take(values: readonly unknown[] | undefined, pieces: Piece[]): boolean {
    const calls = values?.map((value) => this.#call(value));
    if (calls === undefined || calls.length === 0 || calls.includes(undefined)) return false;
    for (const call of calls) pieces.push({ call: call as ToolCall });
    return true;
  }

  #call(value: unknown): ToolCall | undefined {
    const outer = value as Record<string, unknown> | null | undefined;
    const inner = outer?.function;
    const call = typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>) : outer;
    const name = call?.name ?? (typeof inner === 'string' ? inner : undefined);
    if (typeof name !== 'string' || !this.#names.has(name)) return undefined;
    const given = call?.arguments ?? call?.parameters ?? {};
    return { name, arguments: typeof given === 'string' ? given : JSON.stringify(given) };
  }
}

/** Characters at the end that may be the beginning of a mark. */
function longestBeginning(text: string): number {
  let longest = 0;
  for (const { open } of MARKS) {
    for (let length = Math.min(open.length - 1, text.length); length > longest; length--) {
      if (text.endsWith(open.slice(0, length))) longest = length;
    }
  }
  return longest;
}
