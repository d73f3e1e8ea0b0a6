/** The `data` file: a request is written into it, its answer is read from it. */
import { type Call, Etoobig, StyxError } from '@llambo/styx';
import { type FileNode, file, type Handle, type Meta, type Opener } from '@llambo/styx/fs';
import { AnswerWriter } from './answer-writer.ts';
import { badRequest } from './errors.ts';
import { MOST_REQUEST_BYTES, parseRequest, type WireRequest } from './request.ts';

/**
 * Answers a request: it may call `answer` at once or later, until it has ended. What it returns gives the request up; that is
 * called at most once, when the file is clunked or written anew before the end. What it throws is the answer's error.
 */
export type Answerer = (request: WireRequest, answer: AnswerWriter, opener: Opener) => () => void;

/** Bounds the bytes of requests that are written and not read yet, for each user: they are kept where all are served. */
export class Held {
  readonly #limit: number;
  readonly #bytes: Map<string, number> = new Map();

  /** @param limit bytes of one user */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** False when it would be too much. */
  take(uname: string, bytes: number): boolean {
    const held = (this.#bytes.get(uname) ?? 0) + bytes;
    if (held > this.#limit) return false;
    this.#bytes.set(uname, held);
    return true;
  }

  give(uname: string, bytes: number): void {
    const held = (this.#bytes.get(uname) ?? 0) - bytes;
    if (held > 0) this.#bytes.set(uname, held);
    else this.#bytes.delete(uname);
  }
}

export interface DataFileOptions extends Meta {
  /** Shared by the files whose requests are counted together; 64 MiB a user in this file when left out. */
  readonly held?: Held;
}

/** Bytes of one user's requests: several of the largest. */
export const MOST_HELD_BYTES: number = 8 * MOST_REQUEST_BYTES;

/**
 * A file of which each open takes one request after the other. The writes up to the first read are one request, reads give
 * its answer as it is made, up to end of file; the next write begins another, and gives up what is left of the answer.
 */
export function dataFile(answerer: Answerer, options: DataFileOptions = {}): FileNode {
  const held = options.held ?? new Held(MOST_HELD_BYTES);
  return file((opener) => new DataHandle(answerer, opener, held), options);
}

const nothing = new Uint8Array(0);
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

class DataHandle implements Handle {
  readonly #answerer: Answerer;
  readonly #opener: Opener;
  readonly #held: Held;
  #parts: Uint8Array[] = [];
  #total = 0;
  #answer: AnswerWriter | undefined;
  #cancel: (() => void) | undefined;

  constructor(answerer: Answerer, opener: Opener, held: Held) {
    this.#answerer = answerer;
    this.#opener = opener;
    this.#held = held;
  }

  write(_offset: number, data: Uint8Array): number {
    if (this.#total + data.length > MOST_REQUEST_BYTES) throw new StyxError(`bad-request: ${Etoobig}`);
    this.#giveUp();
    if (!this.#held.take(this.#opener.uname, data.length))
      throw new StyxError('queue-full: too many requests are written and not read');
    this.#parts.push(data.slice());
    this.#total += data.length;
    return data.length;
  }

  read(_offset: number, count: number, call: Call): ReturnType<AnswerWriter['read']> {
    if (this.#answer === undefined) {
      if (this.#parts.length === 0) return nothing;
      this.#answer = this.#begin();
    }
    return this.#answer.read(count, call);
  }

  #begin(): AnswerWriter {
    const bytes = this.#parts.length === 1 ? (this.#parts[0] as Uint8Array) : Buffer.concat(this.#parts);
    this.#forget();
    let answer = new AnswerWriter();
    try {
      const request = parseRequest(decode(bytes));
      answer = new AnswerWriter(request.output);
      this.#cancel = this.#answerer(request, answer, this.#opener);
    } catch (error) {
      answer.error(error);
    }
    return answer;
  }

  #forget(): void {
    this.#held.give(this.#opener.uname, this.#total);
    this.#parts = [];
    this.#total = 0;
  }

  #giveUp(): void {
    const answer = this.#answer;
    const cancel = this.#cancel;
    this.#answer = undefined;
    this.#cancel = undefined;
    if (answer !== undefined && !answer.ended) cancel?.();
  }

  close(): void {
    this.#forget();
    this.#giveUp();
  }
}

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw badRequest('request is not UTF-8');
  }
}
