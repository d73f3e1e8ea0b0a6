const encoder = new TextEncoder();

/**
 * A response body of server-sent events. Events that are written before the body is read wait in it; their number is
 * bounded by the answer's own length.
 */
export class EventStream {
  readonly body: ReadableStream<Uint8Array>;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;

  /** @param abandoned called when the client goes away before the end */
  constructor(abandoned: () => void) {
    this.body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        cancel: () => {
          this.#controller = undefined;
          abandoned();
        },
      },
      { highWaterMark: 0 },
    );
  }

  /** One `data:` event; text must not hold line ends (JSON has none). */
  data(text: string): void {
    this.#controller?.enqueue(encoder.encode(`data: ${text}\n\n`));
  }

  close(): void {
    this.#controller?.close();
    this.#controller = undefined;
  }
}

export const EVENT_STREAM_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache',
  'x-accel-buffering': 'no',
};
