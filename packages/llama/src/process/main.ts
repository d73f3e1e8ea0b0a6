/** The engine process: one model, served to the parent over the child-process channel; it ends with its parent. */
import type { Engine, Generation } from '../engine/engine.ts';
import { LocalEngine } from '../engine/local-engine.ts';
import { engineGone, toRecord } from '../errors.ts';
import type { Calls, Event, FromEngine, LoadOptions, ToEngine } from './protocol.ts';

let engine: Engine | undefined;
const generations = new Map<number, Generation>();
let events: Event[] = [];

const send = (message: FromEngine): void => {
  if (process.connected) process.send?.(message);
};

/** Everything that one step of the scheduler produced leaves in one message. */
function emit(event: Event): void {
  if (events.length === 0) {
    queueMicrotask(() => {
      send({ kind: 'events', events });
      events = [];
    });
  }
  events.push(event);
}

function generate(id: number, request: ToEngine & { kind: 'generate' }): void {
  if (engine === undefined) return emit({ id, error: toRecord(engineGone('no model is loaded')) });
  const generation = engine.generate(request.request, {
    chunk: (chunk) => emit({ id, chunk }),
    finish(finish) {
      generations.delete(id);
      emit({ id, finish });
    },
    error(error) {
      generations.delete(id);
      emit({ id, error: toRecord(error) });
    },
  });
  generations.set(id, generation);
}

const calls: {
  [Name in keyof Calls]: (argument: Calls[Name]['argument']) => Promise<Calls[Name]['result']>;
} = {
  async load(options: LoadOptions) {
    engine = await LocalEngine.load({ ...options, log: (text) => send({ kind: 'log', text }) });
    return engine.info;
  },
  score: (request) => loaded().score(request),
  embed: (texts) => loaded().embed(texts),
  tokenize: ({ text, special }) => loaded().tokenize(text, { special }),
  detokenize: (tokens) => loaded().detokenize(tokens),
  applyTemplate: ({ messages, tools }) => loaded().applyTemplate(messages, tools),
  status: () => loaded().status(),
  async close() {
    await engine?.close();
    engine = undefined;
    setImmediate(() => process.disconnect?.());
    return undefined;
  },
};

function loaded(): Engine {
  if (engine === undefined) throw engineGone('no model is loaded');
  return engine;
}

process.on('message', (message: ToEngine) => {
  switch (message.kind) {
    case 'generate':
      return generate(message.id, message);
    case 'cancel':
      return generations.get(message.id)?.cancel();
    case 'call': {
      const { id } = message;
      const run = calls[message.name] as (argument: unknown) => Promise<unknown>;
      Promise.resolve()
        .then(() => run(message.argument))
        .then(
          (result) => send({ kind: 'result', id, result }),
          (error) => send({ kind: 'failed', id, error: toRecord(error) }),
        );
    }
  }
});
// A signal to the process group (Ctrl-C) is the parent's to act on; without the parent there is nobody to serve.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit(0));
