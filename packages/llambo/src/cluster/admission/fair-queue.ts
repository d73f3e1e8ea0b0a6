import { SlotHeap } from '../balancer/slot-heap.ts';

/** `high` goes before `normal`, that before `low`; fairness between keys holds within each. */
export type Priority = 'high' | 'normal' | 'low';
const PRIORITIES: readonly Priority[] = ['high', 'normal', 'low'];

export interface Waiting<T> {
  readonly item: T;
  /** Whose request it is. */
  readonly key: string;
  readonly priority: Priority;
  /** What serving it will cost, in tokens. */
  readonly cost: number;
  /** Milliseconds; when both are equal it never waits. */
  readonly enqueuedAt: number;
  readonly deadline: number;
  /** False once it was taken, cancelled or dropped. */
  readonly waiting: boolean;
}

interface Entry<T> extends Waiting<T> {
  waiting: boolean;
}

interface Line<T> {
  readonly slot: number;
  readonly entries: Entry<T>[];
  /** Entries before this one are gone. */
  head: number;
  live: number;
}

interface Lane<T> {
  readonly lines: Map<string, Line<T>>;
  readonly bySlot: (Line<T> | undefined)[];
  readonly free: number[];
  /** Lines that have someone waiting, the least served first. */
  readonly heap: SlotHeap;
}

export interface FairQueueOptions {
  /** Requests that wait at most. */
  readonly limit: number;
  /** A key's weight: one of 2 gets twice the tokens. Default 1 for all. */
  readonly weight?: (key: string) => number;
}

/**
 * A bounded queue that is fair between keys by virtual token counters (Sheng et al., OSDI 2024): the key that has been
 * given the fewest tokens, by its weight, goes next. A key that comes back after a pause is lifted to the least of the
 * others, so that nobody saves up for a burst.
 */
export class FairQueue<T> {
  readonly #options: FairQueueOptions;
  readonly #lanes: ReadonlyMap<Priority, Lane<T>>;
  readonly #counters = new Map<string, number>();
  #length = 0;
  /** The counter of the key that was served last: the level of a queue that has run empty. */
  #level = 0;

  constructor(options: FairQueueOptions) {
    this.#options = options;
    this.#lanes = new Map(
      PRIORITIES.map((name) => [name, { lines: new Map(), bySlot: [], free: [], heap: new SlotHeap() }]),
    );
  }

  get length(): number {
    return this.#length;
  }

  /**
   * Undefined when the queue is full. A full queue makes room for a higher priority by dropping the newest of the lowest,
   * which `dropped` is told.
   */
  push(
    request: Omit<Waiting<T>, 'waiting'>,
    dropped: (victim: Waiting<T>) => void = () => {},
  ): Waiting<T> | undefined {
    if (this.#length >= this.#options.limit) {
      const victim = this.#victim(request.priority);
      if (victim === undefined) return undefined;
      this.cancel(victim);
      dropped(victim);
    }
    const lane = this.#lane(request.priority);
    const line = lane.lines.get(request.key) ?? this.#open(lane, request.key);
    const entry: Entry<T> = { ...request, waiting: true };
    line.entries.push(entry);
    line.live++;
    this.#length++;
    if (line.live === 1) {
      const { first } = lane.heap;
      const least = first < 0 ? this.#level : lane.heap.key(first);
      const counter = Math.max(this.#counters.get(request.key) ?? 0, least);
      this.#counters.set(request.key, counter);
      lane.heap.set(line.slot, counter);
    }
    return entry;
  }

  /** Who is next, left where it is. Those whose deadline has passed are dropped on the way, and `expired` is told. */
  peek(now: number, expired: (victim: Waiting<T>) => void = () => {}): Waiting<T> | undefined {
    for (const lane of this.#lanes.values()) {
      for (let slot = lane.heap.first; slot >= 0; slot = lane.heap.first) {
        const line = lane.bySlot[slot] as Line<T>;
        while (!(line.entries[line.head] as Entry<T>).waiting) line.head++;
        const entry = line.entries[line.head] as Entry<T>;
        if (entry.deadline > now || entry.deadline === entry.enqueuedAt) return entry;
        this.cancel(entry);
        expired(entry);
      }
    }
    return undefined;
  }

  /** Takes it out to be served, and charges its cost to its key. */
  take(entry: Waiting<T>): void {
    if (!entry.waiting) return;
    this.#level = Math.max(this.#level, this.#counters.get(entry.key) ?? 0);
    this.#counters.set(
      entry.key,
      (this.#counters.get(entry.key) ?? 0) + entry.cost / this.#weight(entry.key),
    );
    this.#remove(entry as Entry<T>);
    this.#settle(entry.key);
  }

  /** Takes it out because nobody wants it any more. Costs nothing. */
  cancel(entry: Waiting<T>): void {
    if (entry.waiting) this.#remove(entry as Entry<T>);
  }

  /** Corrects what a key was charged, when its answer became longer (or shorter, negative) than estimated. */
  charge(key: string, tokens: number): void {
    const counter = this.#counters.get(key);
    if (counter === undefined) return;
    this.#counters.set(key, Math.max(0, counter + tokens / this.#weight(key)));
    this.#settle(key);
  }

  /** How many are served before it when nobody else comes, at most: those of higher priority and those who came before. */
  position(entry: Waiting<T>): number {
    let ahead = 0;
    for (const [priority, lane] of this.#lanes) {
      const same = priority === entry.priority;
      for (const line of lane.lines.values()) {
        if (!same) ahead += line.live;
        else for (const each of line.entries) if (each.waiting && each.enqueuedAt < entry.enqueuedAt) ahead++;
      }
      if (same) break;
    }
    return ahead;
  }

  #lane(priority: Priority): Lane<T> {
    return this.#lanes.get(priority) as Lane<T>;
  }

  #weight(key: string): number {
    return this.#options.weight?.(key) ?? 1;
  }

  #open(lane: Lane<T>, key: string): Line<T> {
    const slot = lane.free.pop() ?? lane.bySlot.length;
    const line: Line<T> = { slot, entries: [], head: 0, live: 0 };
    lane.bySlot[slot] = line;
    lane.lines.set(key, line);
    return line;
  }

  #remove(entry: Entry<T>): void {
    const lane = this.#lane(entry.priority);
    const line = lane.lines.get(entry.key) as Line<T>;
    entry.waiting = false;
    line.live--;
    this.#length--;
    if (line.live === 0) {
      lane.heap.delete(line.slot);
      lane.lines.delete(entry.key);
      lane.bySlot[line.slot] = undefined;
      lane.free.push(line.slot);
    } else {
      while (!(line.entries[line.head] as Entry<T>).waiting) line.head++;
      if (line.head > 64 && line.head * 2 > line.entries.length) {
        line.entries.splice(0, line.head);
        line.head = 0;
      }
    }
    if (this.#counters.size > 10_000) this.#forget();
  }

  #settle(key: string): void {
    const counter = this.#counters.get(key) as number;
    for (const lane of this.#lanes.values()) {
      const line = lane.lines.get(key);
      if (line !== undefined) lane.heap.set(line.slot, counter);
    }
  }

  /** Keys that are behind the level would be lifted to it anyway. */
  #forget(): void {
    for (const [key, counter] of this.#counters) {
      const waits = [...this.#lanes.values()].some((lane) => lane.lines.has(key));
      if (!waits && counter <= this.#level) this.#counters.delete(key);
    }
  }

  #victim(priority: Priority): Entry<T> | undefined {
    for (let rank = PRIORITIES.length - 1; rank > PRIORITIES.indexOf(priority); rank--) {
      let newest: Entry<T> | undefined;
      for (const line of this.#lane(PRIORITIES[rank] as Priority).lines.values()) {
        for (let i = line.entries.length - 1; i >= line.head; i--) {
          const entry = line.entries[i] as Entry<T>;
          if (!entry.waiting) continue;
          if (newest === undefined || entry.enqueuedAt > newest.enqueuedAt) newest = entry;
          break;
        }
      }
      if (newest !== undefined) return newest;
    }
    return undefined;
  }
}
