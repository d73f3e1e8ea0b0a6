/**
 * OpenTelemetry traces, when an environment names who collects them: OTEL_EXPORTER_OTLP_ENDPOINT (and _HEADERS,
 * OTEL_SERVICE_NAME), as the OpenTelemetry specification has it. Spans leave as OTLP over HTTP in JSON.
 */
import { randomBytes } from 'node:crypto';

export type Attributes = Readonly<Record<string, string | number | boolean>>;

export interface Span {
  readonly trace: string;
  readonly id: string;
  readonly parent: string | undefined;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly start: number;
  readonly end: number;
  readonly attributes: Attributes;
  /** What went wrong. */
  readonly error?: string | undefined;
}

export interface TracerOptions {
  /** Address of the collector, without `/v1/traces`. */
  readonly endpoint: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly service?: string;
}

const FLUSH_MS = 2000;
const MOST_WAITING = 4096;
const TRACEPARENT = /^[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-[\da-f]{2}$/;

export class Tracer {
  readonly #options: TracerOptions;
  readonly #timer: NodeJS.Timeout;
  #waiting: Span[] = [];
  #sending: Promise<void> = Promise.resolve();
  /** Spans that were thrown away: nobody took them. */
  dropped = 0;

  /** Undefined when the environment names nobody who collects. */
  static fromEnvironment(env: NodeJS.ProcessEnv = process.env): Tracer | undefined {
    const endpoint = env.OTEL_EXPORTER_OTLP_ENDPOINT;
    if (endpoint === undefined || endpoint === '' || env.OTEL_SDK_DISABLED === 'true') return undefined;
    const pairs = (env.OTEL_EXPORTER_OTLP_HEADERS ?? '').split(',').filter((pair) => pair.includes('='));
    const headers = Object.fromEntries(
      pairs.map((pair) => {
        const at = pair.indexOf('=');
        return [pair.slice(0, at).trim(), decodeURIComponent(pair.slice(at + 1).trim())];
      }),
    );
    return new Tracer({ endpoint, headers, service: env.OTEL_SERVICE_NAME ?? 'llambo' });
  }

  constructor(options: TracerOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.flush(), FLUSH_MS);
    this.#timer.unref();
  }

  /** Where a request belongs: the trace and span of its `traceparent` header, or a trace of its own. */
  begin(traceparent: string | undefined): { readonly trace: string; readonly parent: string | undefined } {
    const match = TRACEPARENT.exec(traceparent ?? '');
    return match === null
      ? { trace: randomBytes(16).toString('hex'), parent: undefined }
      : { trace: match[1] as string, parent: match[2] };
  }

  newId(): string {
    return randomBytes(8).toString('hex');
  }

  add(span: Span): void {
    if (this.#waiting.length >= MOST_WAITING) this.dropped++;
    else this.#waiting.push(span);
  }

  /** Sends what waits. Never rejects: spans that nobody takes are dropped. */
  flush(): Promise<void> {
    const spans = this.#waiting;
    if (spans.length === 0) return this.#sending;
    this.#waiting = [];
    this.#sending = this.#sending.then(() => this.#send(spans));
    return this.#sending;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }

  async #send(spans: readonly Span[]): Promise<void> {
    const { endpoint, headers, service = 'llambo' } = this.#options;
    try {
      const response = await fetch(`${endpoint.replace(/\/$/, '')}/v1/traces`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify(otlp(service, spans)),
        signal: AbortSignal.timeout(10_000),
      });
      await response.body?.cancel();
      if (!response.ok) this.dropped += spans.length;
    } catch {
      this.dropped += spans.length;
    }
  }
}

const nanoseconds = (ms: number): string => `${BigInt(Math.round(ms * 1000)) * 1000n}`;

function keyValues(attributes: Attributes): unknown[] {
  return Object.entries(attributes).map(([key, value]) => ({
    key,
    value:
      typeof value === 'string'
        ? { stringValue: value }
        : typeof value === 'boolean'
          ? { boolValue: value }
          : Number.isInteger(value)
            ? { intValue: String(value) }
            : { doubleValue: value },
  }));
}

function otlp(service: string, spans: readonly Span[]): unknown {
  return {
    resourceSpans: [
      {
        resource: { attributes: keyValues({ 'service.name': service }) },
        scopeSpans: [
          {
            scope: { name: 'llambo' },
            spans: spans.map(({ trace, id, parent, name, start, end, attributes, error }) => ({
              traceId: trace,
              spanId: id,
              ...(parent === undefined ? {} : { parentSpanId: parent }),
              name,
              kind: 1,
              startTimeUnixNano: nanoseconds(start),
              endTimeUnixNano: nanoseconds(Math.max(start, end)),
              attributes: keyValues(attributes),
              status: error === undefined ? {} : { code: 2, message: error },
            })),
          },
        ],
      },
    ],
  };
}
