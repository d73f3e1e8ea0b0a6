/** A small engine of our own: what the nodes' tests talk to, with a trigger for whatever can go wrong. */
import { type FileServer, StyxError } from '@llambo/styx';
import { cloneDir, exchange, serveTree, text } from '@llambo/styx/fs';

export interface TestEngine {
  readonly server: FileServer;
  /** `uname aname` of each conversation, in their order. */
  readonly callers: string[];
  readonly requests: string[];
  /** Conversations that are open, and answers that were given up. */
  open: number;
  cancelled: number;
  /** What is answered in place of all that, when a test sets it. */
  reply?: (request: string) => string;
}

/**
 * Answers by the request's text: `echo TEXT` gives the words of TEXT one by one, `error TEXT` fails, `count N` gives N
 * numbers, `forever` does not end, `wait` says nothing.
 */
export function testEngine(): TestEngine {
  const engine: TestEngine = {
    server: serveTree(
      cloneDir(
        (_id, opener) => {
          engine.callers.push(`${opener.uname} ${opener.aname}`);
          engine.open++;
          const stops = new Set<AbortController>();
          const data = exchange(
            (request, _who, signal) => {
              const own = new AbortController();
              stops.add(own);
              signal.addEventListener('abort', () => own.abort());
              return answer(engine, new TextDecoder().decode(request), own.signal);
            },
            { limit: 8 << 20 },
          );
          return {
            ctl: {
              cancel: () => {
                for (const stop of stops) stop.abort();
              },
            },
            files: { data },
            close: () => {
              engine.open--;
            },
          };
        },
        { files: { status: text(() => 'model=test\nactive=0\nwaiting=0\n') } },
      ),
    ),
    callers: [],
    requests: [],
    open: 0,
    cancelled: 0,
  };
  return engine;
}

async function* answer(engine: TestEngine, request: string, signal: AbortSignal): AsyncGenerator<string> {
  engine.requests.push(request);
  if (engine.reply !== undefined) {
    yield engine.reply(request);
    return;
  }
  const [word = '', ...rest] = request.split(' ');
  const check = (): void => {
    if (!signal.aborted) return;
    throw new StyxError('cancelled: request was cancelled');
  };
  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      signal.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  try {
    switch (word) {
      case 'echo':
        for (const piece of rest) {
          await pause(0);
          check();
          yield `${piece} `;
        }
        return;
      case 'count':
        for (let n = 0; n < Number(rest[0]); n++) {
          yield `${n}\n`;
          check();
        }
        return;
      case 'error':
        throw new StyxError(rest.join(' '));
      case 'forever':
        for (;;) {
          yield 'on ';
          await pause(1);
          check();
        }
      default:
        await pause(1 << 30);
        check();
    }
  } finally {
    if (signal.aborted) engine.cancelled++;
  }
}
