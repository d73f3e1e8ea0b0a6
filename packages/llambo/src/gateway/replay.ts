/**
 * Answers that can be fetched again: what a client that gives its request an id of its own may come back for, after its
 * connection broke in mid-answer.
 */
import type { Outlet } from './event-stream.ts';

/** Milliseconds that an answer is kept after its end. */
const KEPT_MS = 5 * 60_000;
/** Milliseconds that an answer goes on when nobody listens. */
const ALONE_MS = 60_000;
/** Characters of all answers together; the oldest ones that have ended go first. */
const MOST_CHARACTERS = 64 * 1024 * 1024;

/** One answer: its events so far, and who listens. */
export class Replay {
  readonly owner: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly #events: string[] = [];
  readonly #listeners = new Map<Outlet, number>();
  readonly #grew: (characters: number) => void;
  readonly #cancel: () => void;
  #alone: NodeJS.Timeout | undefined;
  #draining = false;
  over = false;
  endedAt = Number.POSITIVE_INFINITY;
  characters = 0;

  constructor(
    owner: string,
    headers: Readonly<Record<string, string>>,
    cancel: () => void,
    grew: (characters: number) => void,
  ) {
    this.owner = owner;
    this.headers = headers;
    this.#cancel = cancel;
    this.#grew = grew;
  }

  /** An event's text, without its id. */
  write(text: string): void {
    const event = `id: ${this.#events.length + 1}\n${text}`;
    this.#events.push(event);
    this.characters += event.length;
    this.#grew(event.length);
    for (const outlet of this.#listeners.keys()) outlet.write(event);
  }

  close(): void {
    if (this.over) return;
    this.over = true;
    this.endedAt = performance.now();
    clearTimeout(this.#alone);
    for (const outlet of this.#listeners.keys()) outlet.close();
    this.#listeners.clear();
  }

  /** Sends the events after number `after`, and those to come. */
  listen(outlet: Outlet, after: number): void {
    clearTimeout(this.#alone);
    for (let i = after; i < this.#events.length; i++) outlet.write(this.#events[i] as string);
    if (this.over) outlet.close();
    else this.#listeners.set(outlet, after);
  }

  leave(outlet: Outlet): void {
    this.#listeners.delete(outlet);
    if (this.over || this.#listeners.size > 0 || this.#draining) return;
    this.#alone = setTimeout(() => this.abandon(), ALONE_MS);
    this.#alone.unref();
  }

  /** Nobody came back. */
  abandon(): void {
    if (this.over) return;
    this.#draining = true;
    this.#cancel();
    this.close();
  }
}

export class ReplayBuffers {
  readonly #replays = new Map<string, Replay>();
  #characters = 0;

  /** @param id the client's own; with its owner it names the answer. @param cancel called when nobody comes back */
  create(owner: string, id: string, headers: Readonly<Record<string, string>>, cancel: () => void): Replay {
    this.#expire();
    const key = `${owner} ${id}`;
    this.#drop(key);
    const replay = new Replay(owner, headers, cancel, (characters) => this.#grow(characters));
    this.#replays.set(key, replay);
    return replay;
  }

  find(owner: string, id: string): Replay | undefined {
    this.#expire();
    return this.#replays.get(`${owner} ${id}`);
  }

  close(): void {
    for (const replay of this.#replays.values()) replay.abandon();
    this.#replays.clear();
  }

  #grow(characters: number): void {
    this.#characters += characters;
    if (this.#characters <= MOST_CHARACTERS) return;
    for (const [key, replay] of this.#replays) {
      if (replay.over) this.#drop(key);
      if (this.#characters <= MOST_CHARACTERS) return;
    }
  }

  #expire(): void {
    const now = performance.now();
    for (const [key, replay] of this.#replays) if (now - replay.endedAt > KEPT_MS) this.#drop(key);
  }

  #drop(key: string): void {
    const replay = this.#replays.get(key);
    if (replay === undefined) return;
    this.#replays.delete(key);
    this.#characters -= replay.characters;
    replay.abandon();
  }
}
