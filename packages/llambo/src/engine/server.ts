/** An engine as a file server: /dev/llama, llama(3). */
import type { Caller, Engine } from '@llambo/llama';
import { type FileServer, StyxError } from '@llambo/styx';
import { cloneDir, ctl, type Opener, type Session, serveTree, text } from '@llambo/styx/fs';
import type { AnswerWriter } from '../wire/answer-writer.ts';
import { dataFile, Held, MOST_HELD_BYTES } from '../wire/data-file.ts';
import { badRequest, formatError } from '../wire/errors.ts';
import { perform } from '../wire/perform.ts';
import { refuseRouting, type WireRequest } from '../wire/request.ts';
import { formatReport } from '../wire/status.ts';
import { AttributeReader, quote, shown } from '../wire/words.ts';

/** Sessions that one caller may have: what is beyond the longest queue is a program that forgets to close them. */
const MOST_SESSIONS = 4096;

/**
 * The tree {clone, ctl, status, N/{ctl,data,status}}. Who attaches is the caller of the requests made there; the aname may
 * give its `weight`, `capacity`, `limit`, `account` and `tenant`. Everybody sees their own sessions and nobody else's.
 */
export function engineServer(engine: Engine): FileServer {
  const callers = new WeakMap<Opener, Caller>();
  const sessions = new Map<number, EngineSession>();
  const counts = new Map<string, number>();
  const held = new Held(MOST_HELD_BYTES);
  const root = cloneDir(
    (id, opener) => {
      const caller = callers.get(opener) ?? callerOf(opener);
      const count = counts.get(caller.id) ?? 0;
      if (count >= MOST_SESSIONS) throw new StyxError(`queue-full: ${MOST_SESSIONS} sessions are open`);
      counts.set(caller.id, count + 1);
      const session = new EngineSession(id, engine, caller, held);
      sessions.set(id, session);
      return session.serve(() => {
        sessions.delete(id);
        const left = (counts.get(caller.id) ?? 1) - 1;
        if (left > 0) counts.set(caller.id, left);
        else counts.delete(caller.id);
      });
    },
    {
      files: {
        ctl: ctl({
          cancel(_args, { opener }) {
            for (const session of sessions.values()) if (session.caller.id === opener.uname) session.cancel();
          },
        }),
        status: text(async () =>
          formatReport({ ...engine.info, ...(await engine.status()), pid: process.pid }),
        ),
      },
      visible: (id, opener) => sessions.get(id)?.caller.id === opener.uname,
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
  const caller: { -readonly [K in keyof Caller]: Caller[K] } = { id: uname };
  const reader = new AttributeReader(aname);
  for (let pair = reader.next(); pair !== undefined; pair = reader.next()) {
    const [name, value] = pair;
    if (name === 'tenant' || name === 'account') caller[name] = value;
    else if (name !== 'weight' && name !== 'capacity' && name !== 'limit')
      throw badRequest(
        `unknown attribute ${shown(name)}: expected weight, capacity, limit, account or tenant`,
      );
    else {
      const number = Number(value);
      if (!(number > 0 && number <= 1e6))
        throw badRequest(`${name}: expected a number above 0, got ${shown(value)}`);
      caller[name] = number;
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
  readonly #held: Held;
  /** Of each open of the data file. */
  readonly #works = new Set<Work>();
  #last: Work | undefined;

  constructor(id: number, engine: Engine, caller: Caller, held: Held) {
    this.#held = held;
    this.#id = id;
    this.#engine = engine;
    this.caller = caller;
  }

  serve(close: () => void): Session {
    return {
      ctl: { cancel: () => this.cancel() },
      read: `${this.#id}\n`,
      files: {
        data: dataFile((request, answer) => this.#begin(request, answer), { held: this.#held }),
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
