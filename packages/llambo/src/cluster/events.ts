/** Something that happened to the cluster, in words for people. */
export interface ClusterEvent {
  /** Rises by one with each event. */
  readonly serial: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly text: string;
}

/** The newest events; who follows them gets each once, in order. */
export class EventLog {
  readonly #limit: number;
  readonly #events: ClusterEvent[] = [];
  readonly #followers = new Set<(event: ClusterEvent) => void>();
  #serial = 0;

  /**
   * @param limit events that are kept
   * @param past those of an earlier life, oldest first
   */
  constructor(limit = 1000, past: readonly ClusterEvent[] = []) {
    this.#limit = limit;
    this.#events.push(...past.slice(-limit));
    this.#serial = past.at(-1)?.serial ?? 0;
  }

  add(text: string): void {
    const event = { serial: ++this.#serial, at: Date.now(), text };
    this.#events.push(event);
    if (this.#events.length > this.#limit) this.#events.shift();
    for (const follower of this.#followers) follower(event);
  }

  /** The newest, oldest first. */
  recent(count: number): readonly ClusterEvent[] {
    return this.#events.slice(-count);
  }

  /** Calls `follower` for each event to come, until the returned function is called. */
  follow(follower: (event: ClusterEvent) => void): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }
}

/** `12:34:56 spawned 50 tiny nodes`, local time. */
export function formatEvent(event: ClusterEvent): string {
  const time = new Date(event.at);
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())} ${event.text}`;
}
