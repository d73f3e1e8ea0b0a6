/** Server-sent events, read from a response: EventSource can send no Authorization header. */

export interface ServerEvent {
  readonly event: string;
  readonly data: string;
  readonly id: string | undefined;
}

/** Takes text as it comes and gives whole events; fields and line ends as in the HTML standard, 9.2.6. */
export class EventParser {
  #rest = '';
  #event = '';
  #data: string[] = [];
  #id: string | undefined;

  push(text: string): ServerEvent[] {
    const found: ServerEvent[] = [];
    this.#rest += text;
    let at = 0;
    for (;;) {
      const end = this.#lineEnd(at);
      if (end === undefined) break;
      this.#line(this.#rest.slice(at, end.at), found);
      at = end.next;
    }
    this.#rest = this.#rest.slice(at);
    return found;
  }

  #lineEnd(from: number): { at: number; next: number } | undefined {
    for (let i = from; i < this.#rest.length; i++) {
      const c = this.#rest[i];
      if (c === '\n') return { at: i, next: i + 1 };
      if (c !== '\r') continue;
      // Whether a line feed follows is known only with the next character.
      if (i + 1 === this.#rest.length) return undefined;
      return { at: i, next: this.#rest[i + 1] === '\n' ? i + 2 : i + 1 };
    }
    return undefined;
  }

  #line(line: string, found: ServerEvent[]): void {
    if (line === '') {
      if (this.#data.length > 0)
        found.push({ event: this.#event || 'message', data: this.#data.join('\n'), id: this.#id });
      this.#event = '';
      this.#data = [];
      return;
    }
    const colon = line.indexOf(':');
    if (colon === 0) return;
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'data') this.#data.push(value);
    else if (name === 'event') this.#event = value;
    else if (name === 'id') this.#id = value;
  }
}

/**
 * The events of a response until it ends.
 *
 * @param heard called for every piece that arrives, comments too
 */
export async function* serverEvents(
  response: Response,
  heard: () => void = () => {},
): AsyncGenerator<ServerEvent, void> {
  if (response.body === null) return;
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  const parser = new EventParser();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      heard();
      yield* parser.push(decoder.decode(value, { stream: true }));
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
