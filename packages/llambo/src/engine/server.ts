/** An engine as a file server: /dev/llama, llama(3). */
import type { Caller, Engine } from '@llambo/llama';
import { type FileServer, StyxError } from '@llambo/styx';
import { cloneDir, ctl, type Opener, type Session, serveTree, text } from '@llambo/styx/fs';
import type { AnswerWriter } from '../wire/answer-writer.ts';
import { dataFile } from '../wire/data-file.ts';
import { badRequest, formatError } from '../wire/errors.ts';
import { perform } from '../wire/perform.ts';
import { refuseRouting, type WireRequest } from '../wire/request.ts';
import { formatReport } from '../wire/status.ts';
import { AttributeReader, quote, shown } from '../wire/words.ts';

/**
 * The tree {clone, ctl, status, N/{ctl,data,status}}. Who attaches is the caller of the requests made there; the aname may
 * give its `weight` and `tenant`. Everybody sees their own sessions and nobody else's.
 */
export function engineServer(engine: Engine): FileServer {
  const callers = new WeakMap<Opener, Caller>();
  const owners = new Map<number, string>();
  const sessions = new Set<EngineSession>();
  const root = cloneDir(
    (id, opener) => {
      const session = new EngineSession(id, engine, callers.get(opener) ?? callerOf(opener));
      owners.set(id, opener.uname);
      sessions.add(session);
      return session.serve(() => {
        owners.delete(id);
        sessions.delete(session);
      });
    },
    {
      files: {
        ctl: ctl({
          cancel(_args, { opener }) {
            for (const session of sessions) if (session.caller.id === opener.uname) session.cancel();
          },
        }),
        status: text(async () =>
          formatReport({ ...engine.info, ...(await engine.status()), pid: process.pid }),
        ),
      },
      visible: (id, opener) => owners.get(id) === opener.uname,
    },
  );
  return serveTree(root, {
    root(who) {
      try {
        callers.set(who, callerOf(who));
      } catch (error) {
        throw new StyxError(formatError(error));
      }
      return root;
    },
  });
}

/** Whom an attach stands for. @throws LlamaError `bad-request` */
function callerOf({ uname, aname }: Opener): Caller {
  const caller: { id: string; weight?: number; tenant?: string } = { id: uname };
  const reader = new AttributeReader(aname);
  for (let pair = reader.next(); pair !== undefined; pair = reader.next()) {
    const [name, value] = pair;
    if (name === 'tenant') caller.tenant = value;
    else if (name !== 'weight')
      throw badRequest(`unknown attribute ${shown(name)}: expected weight or tenant`);
    else {
      caller.weight = Number(value);
      if (!(caller.weight > 0 && caller.weight <= 1e6))
        throw badRequest(`weight: expected a number above 0, got ${shown(value)}`);
    }
  }
  return caller;
}

/** A request under way, or the last one that was. */
interface Work {
  readonly request: WireRequest;
  readonly answer: AnswerWriter;
  readonly cancel: () => void;
}

class EngineSession {
  readonly caller: Caller;
  readonly #id: number;
  readonly #engine: Engine;
  /** Of each open of the data file. */
  readonly #works = new Set<Work>();
  #last: Work | undefined;

  constructor(id: number, engine: Engine, caller: Caller) {
    this.#id = id;
    this.#engine = engine;
    this.caller = caller;
  }

  serve(close: () => void): Session {
    return {
      ctl: { cancel: () => this.cancel() },
      read: `${this.#id}\n`,
      files: {
        data: dataFile((request, answer) => this.#begin(request, answer)),
        status: text(() => this.#status()),
      },
      close,
    };
  }

  #begin(request: WireRequest, answer: AnswerWriter): () => void {
    refuseRouting(request);
    const tenant = this.caller.tenant ?? request.tenant;
    const caller = tenant === undefined ? this.caller : { ...this.caller, tenant };
    const work: { request: WireRequest; answer: AnswerWriter; cancel: () => void } = {
      request,
      answer,
      cancel: () => {},
    };
    this.#works.add(work);
    this.#last = work;
    answer.onEnd = () => this.#works.delete(work);
    const cancel = (work.cancel = perform(this.#engine, request, caller, answer));
    return () => {
      this.#works.delete(work);
      cancel();
    };
  }

  /** Readers get the error `cancelled`. */
  cancel(): void {
    for (const { cancel } of [...this.#works]) cancel();
  }

  #status(): string {
    if (this.#last === undefined) return 'state=idle\n';
    const { request, answer } = this.#last;
    const state = !answer.ended ? 'working' : answer.failure === undefined ? 'done' : 'failed';
    const why = answer.failure === undefined ? '' : ` why=${quote(answer.failure)}`;
    return `state=${state} op=${request.op} tokens=${answer.tokens}${why}\n`;
  }
}
