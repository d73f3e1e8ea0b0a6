/** Answers as records: lines, some followed by bytes; llambo-request(7). */
import type { Chunk, Finish, Score, TokenLogprob } from '@llambo/llama';
import { LlamaError } from '@llambo/llama';
import { AttributeReader, quote, shown } from './words.ts';

// Writing.

const idsOf = (tokens: readonly number[]): string =>
  tokens.length === 1 ? `${tokens[0]}` : tokens.length === 0 ? '-' : tokens.join(',');

/** Log-probabilities of a chunk's tokens, then its text. */
export function formatChunk(chunk: Chunk): string {
  const { text, tokens, logprobs } = chunk;
  const record = `text ${Buffer.byteLength(text)} ${idsOf(tokens)}\n${text}\n`;
  return logprobs === undefined ? record : logprobs.map(formatLogprob).join('') + record;
}

function formatLogprob({ token, text, logprob, top }: TokenLogprob): string {
  let out = `logprob ${Buffer.byteLength(text)} ${token} ${logprob} ${top.length}\n${text}\n`;
  for (const other of top)
    out += `top ${Buffer.byteLength(other.text)} ${other.token} ${other.logprob}\n${other.text}\n`;
  return out;
}

export const formatScore = ({ logprob, tokens, bytes }: Score): string =>
  `score ${logprob} ${tokens} ${bytes}\n`;

/** Nine digits tell 32-bit floats apart. */
export function formatVector(vector: Float32Array): string {
  let out = 'vector';
  for (const value of vector) out += ` ${Number(value.toPrecision(9))}`;
  return `${out}\n`;
}

export const formatTokens = (tokens: readonly number[]): string => `tokens ${idsOf(tokens)}\n`;

/** Who gave an answer: what a cluster knows of it, and an engine does not. */
export interface Assigned {
  readonly node: string;
  readonly class: string;
  readonly model: string;
  readonly strategy: string;
  /** Of the node that ended it, 1 for the first that was tried. */
  readonly attempt: number;
}

export type AssignedFinish = Finish & { readonly assignment?: Assigned };

export function formatFinish({ reason, usage, stopString, assignment }: AssignedFinish): string {
  const ms = (value: number): string => value.toFixed(3);
  const stop = (stopString === undefined ? '' : ` stop=${quote(stopString)}`) + formatAssigned(assignment);
  return (
    `end ${reason} prompt=${usage.promptTokens} cached=${usage.cachedTokens} completion=${usage.completionTokens}` +
    ` queue_ms=${ms(usage.queueMs)} prompt_ms=${ms(usage.promptMs)} generate_ms=${ms(usage.generateMs)}${stop}\n`
  );
}

const formatAssigned = (who: Assigned | undefined): string =>
  who === undefined
    ? ''
    : ` node=${quote(who.node)} class=${quote(who.class)} model=${quote(who.model)} strategy=${quote(who.strategy)} attempt=${who.attempt}`;

/** The end of an answer that is no generation. */
export const END_DONE = 'end done\n';

// Reading.

/** Receives the records of one answer, in order. */
export interface AnswerSink {
  chunk?(chunk: Chunk): void;
  score?(score: Score): void;
  vector?(vector: Float32Array): void;
  tokens?(tokens: number[]): void;
  /** The last record; a Finish when it was a generation, with who gave it when a cluster said so. */
  end(finish: AssignedFinish | undefined): void;
}

/** Made once: each empty buffer of its own has memory of its own. */
const NOTHING = Buffer.alloc(0);
const NEWLINE = 10;
const SPACE = 32;
/** Bytes of a line at most: the ids of the longest text that a request can hold. */
const LONGEST_LINE = 64 * 1024 * 1024;
/** Bytes that one record may announce. */
const MOST_BYTES = 64 * 1024 * 1024;

const malformed = (what: string): LlamaError =>
  new LlamaError('engine-gone', `engine is gone: its answer makes no sense: ${what}`);

/**
 * Reads records from bytes as they come, whatever the pieces. What is whole is read where it arrived; only what is not is
 * kept, in a buffer of its own.
 */
export class AnswerReader {
  readonly #sink: AnswerSink;
  #kept: Buffer = NOTHING;
  #have = 0;
  /** Bytes from the start of the unfinished record that must be here before it is worth looking at it again. */
  #need = 1;
  /** Bytes of the unfinished record in which no newline was found. */
  #scanned = 0;
  /** Of the chunk whose text record is still to come. */
  #logprobs: TokenLogprob[] | undefined;
  /** Alternatives that the last of them still expects. */
  #tops = 0;
  #ended = false;

  constructor(sink: AnswerSink) {
    this.#sink = sink;
  }

  /** Whether the last record was here. */
  get ended(): boolean {
    return this.#ended;
  }

  /**
   * The next bytes, which are the caller's again when this returns.
   * @throws LlamaError `engine-gone` when they are not records
   */
  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    if (this.#have === 0) {
      const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
      const at = this.#read(view, view.length);
      if (at < view.length) this.#keep(view, at);
      return;
    }
    this.#keep(bytes, 0);
    if (this.#have < this.#need) return;
    const at = this.#read(this.#kept, this.#have);
    if (at === 0) return;
    this.#kept.copyWithin(0, at, this.#have);
    this.#have -= at;
    if (this.#have === 0) this.#kept = NOTHING;
  }

  #keep(bytes: Uint8Array, from: number): void {
    const count = bytes.length - from;
    const wanted = this.#have + count;
    if (wanted > this.#kept.length) {
      const grown = Buffer.allocUnsafe(Math.max(wanted, this.#kept.length * 2, 256));
      grown.set(this.#kept.subarray(0, this.#have));
      this.#kept = grown;
    }
    this.#kept.set(from === 0 ? bytes : bytes.subarray(from), this.#have);
    this.#have = wanted;
  }

  /** Reads the records that are whole in the first `end` bytes; where they end. */
  #read(bytes: Buffer, end: number): number {
    let at = 0;
    while (at < end) {
      if (this.#ended) throw malformed('bytes after the end');
      const next = this.#record(bytes, at, end);
      if (next < 0) return at;
      at = next;
      this.#need = 1;
      this.#scanned = 0;
    }
    return at;
  }

  /** Reads the record at `at`: where the next begins, or -1 when it is not whole. */
  #record(bytes: Buffer, at: number, end: number): number {
    let newline = bytes.indexOf(NEWLINE, at + this.#scanned);
    if (newline >= end) newline = -1;
    if (newline < 0) {
      if (end - at > LONGEST_LINE) throw malformed('a line without an end');
      this.#scanned = end - at;
      this.#need = end - at + 1;
      return -1;
    }
    // By far the most: `text LEN IDS`.
    if (bytes[at] === 116 && bytes[at + 1] === 101 && bytes[at + 4] === SPACE)
      return this.#text(bytes, at, newline, end);
    const line = bytes.toString('latin1', at, newline);
    const space = line.indexOf(' ');
    const fields = line.slice(space + 1).split(' ');
    switch (space < 0 ? line : line.slice(0, space)) {
      case 'logprob':
        return this.#logprob(bytes, at, newline, end, fields);
      case 'top':
        return this.#top(bytes, at, newline, end, fields);
      case 'score':
        if (fields.length !== 3) throw malformed(shown(line));
        this.#sink.score?.({ logprob: real(fields[0]), tokens: whole(fields[1]), bytes: whole(fields[2]) });
        return newline + 1;
      case 'vector':
        this.#sink.vector?.(Float32Array.from(space < 0 ? [] : fields, real));
        return newline + 1;
      case 'tokens':
        this.#sink.tokens?.(ids(line.slice(space + 1)));
        return newline + 1;
      case 'end':
        return this.#end(bytes, at, newline, end);
      default:
        throw malformed(shown(line));
    }
  }

  #text(bytes: Buffer, at: number, newline: number, end: number): number {
    let p = at + 5;
    let length = 0;
    for (; p < newline && bytes[p] !== SPACE; p++) length = length * 10 + digit(bytes[p] as number);
    if (p === at + 5 || p >= newline || length > MOST_BYTES)
      throw malformed(shown(bytes.toString('latin1', at, newline)));
    const from = newline + 1;
    if (!this.#has(bytes, at, from, length, end)) return -1;
    p++;
    let tokens: number[];
    if (bytes[p] === 45 && p + 1 === newline) tokens = [];
    else {
      tokens = [];
      let id = 0;
      if (p === newline) throw malformed('text without ids');
      for (; p < newline; p++) {
        if (bytes[p] === 44) {
          tokens.push(id);
          id = 0;
        } else id = id * 10 + digit(bytes[p] as number);
      }
      tokens.push(id);
    }
    const text = bytes.toString('utf8', from, from + length);
    const logprobs = this.#logprobs;
    if (this.#tops > 0) throw malformed('alternatives are missing');
    this.#logprobs = undefined;
    this.#sink.chunk?.(logprobs === undefined ? { text, tokens } : { text, tokens, logprobs });
    return from + length + 1;
  }

  /** Whether the `length` bytes from `from` on and the newline behind them are here. */
  #has(bytes: Buffer, at: number, from: number, length: number, end: number): boolean {
    const next = from + length + 1;
    if (next > end) {
      this.#scanned = from - 1 - at; // the newline of the line is found again at once
      this.#need = next - at;
      return false;
    }
    if (bytes[next - 1] !== NEWLINE) throw malformed('text is longer than it says');
    return true;
  }

  #logprob(bytes: Buffer, at: number, newline: number, end: number, fields: readonly string[]): number {
    const length = lengthOf(fields, 4);
    if (!this.#has(bytes, at, newline + 1, length, end)) return -1;
    if (this.#tops > 0) throw malformed('alternatives are missing');
    this.#tops = whole(fields[3]);
    (this.#logprobs ??= []).push({
      token: whole(fields[1]),
      text: bytes.toString('utf8', newline + 1, newline + 1 + length),
      logprob: real(fields[2]),
      top: [],
    });
    return newline + length + 2;
  }

  #top(bytes: Buffer, at: number, newline: number, end: number, fields: readonly string[]): number {
    const length = lengthOf(fields, 3);
    if (!this.#has(bytes, at, newline + 1, length, end)) return -1;
    const top = this.#logprobs?.at(-1)?.top as TokenLogprob['top'][number][] | undefined;
    if (top === undefined || this.#tops-- < 1) throw malformed('an alternative too many');
    top.push({
      token: whole(fields[1]),
      text: bytes.toString('utf8', newline + 1, newline + 1 + length),
      logprob: real(fields[2]),
    });
    return newline + length + 2;
  }

  /** The line ends where no quote is open: a stop string may have newlines in it. */
  #end(bytes: Buffer, at: number, newline: number, end: number): number {
    const line = bytes.toString('utf8', at, newline);
    if ((line.split("'").length & 1) === 0) {
      this.#scanned = newline + 1 - at;
      return newline + 1 < end ? this.#record(bytes, at, end) : this.#wait(newline + 2 - at);
    }
    this.#ended = true;
    this.#sink.end(parseEnd(line));
    return newline + 1;
  }

  #wait(need: number): -1 {
    this.#need = need;
    return -1;
  }
}

function parseEnd(line: string): AssignedFinish | undefined {
  const [, reason = '', rest = ''] = /^end ([a-z]+)(?: (.*))?$/s.exec(line) ?? [];
  if (reason === 'done') return undefined;
  if (reason !== 'stop' && reason !== 'length') throw malformed(shown(line));
  const values = new Map<string, string>();
  const reader = new AttributeReader(rest);
  for (let pair = reader.next(); pair !== undefined; pair = reader.next()) values.set(pair[0], pair[1]);
  const stopString = values.get('stop');
  const node = values.get('node');
  const assignment: Assigned | undefined =
    node === undefined
      ? undefined
      : {
          node,
          class: values.get('class') ?? '',
          model: values.get('model') ?? '',
          strategy: values.get('strategy') ?? '',
          attempt: whole(values.get('attempt') ?? '1'),
        };
  return {
    reason,
    ...(assignment === undefined ? {} : { assignment }),
    ...(stopString === undefined ? {} : { stopString }),
    usage: {
      promptTokens: whole(values.get('prompt')),
      cachedTokens: whole(values.get('cached')),
      completionTokens: whole(values.get('completion')),
      queueMs: real(values.get('queue_ms')),
      promptMs: real(values.get('prompt_ms')),
      generateMs: real(values.get('generate_ms')),
    },
  };
}

function digit(byte: number): number {
  const value = byte - 48;
  if (value < 0 || value > 9) throw malformed('a number with other characters in it');
  return value;
}

function lengthOf(fields: readonly string[], count: number): number {
  const length = whole(fields[0]);
  if (fields.length !== count || length > MOST_BYTES) throw malformed(shown(fields.join(' ')));
  return length;
}

function whole(field: string | undefined): number {
  if (field === undefined || !/^\d{1,15}$/.test(field)) throw malformed(`${shown(field ?? '')} is no count`);
  return Number(field);
}

function real(field: string | undefined): number {
  if (field === '-Infinity') return Number.NEGATIVE_INFINITY;
  const value = field === undefined || field === '' ? Number.NaN : Number(field);
  if (Number.isNaN(value)) throw malformed(`${shown(field ?? '')} is no number`);
  return value;
}

function ids(field: string): number[] {
  return field === '-' ? [] : field.split(',').map(whole);
}
