/** The files by which other programs see and drive a session: /n/dish/{ctl,data,status}. */
import { FdGroup } from '@llambo/namespace';
import { type FileServer, OREAD, OWRITE } from '@llambo/styx';
import { ctl, dir, exchange, file, type Handle, serveTree, text, toText } from '@llambo/styx/fs';
import { DishError } from './errors.ts';
import { put } from './run/fds.ts';
import { pieces } from './run/io.ts';
import type { Session } from './session.ts';
import { quoteWord } from './syntax/quote.ts';

/** Whoever reaches the socket may use all of it: its file's mode is the fence. */
export function serveDish(session: Session): FileServer {
  const status = text(() => statusText(session), { perm: 0o444 });
  const control = ctl(
    {
      interrupt: () => session.interrupt(),
      exit() {
        session.exiting = true;
        // Who wrote this still gets an answer.
        setImmediate(() => {
          session.interrupt();
          session.ended();
        });
      },
      'kill PID': ([pid]) => session.jobs.kill(Number(pid)),
      'events ON_OR_OFF': ([word]) => session.events.show(isOn(word)),
      'trace ON_OR_OFF': ([word]) => session.traceOn(isOn(word)),
      'cluster ADDRESS': ([address]) => session.mountCluster(address as string),
    },
    { perm: 0o666 },
  );
  return serveTree(dir({ ctl: control, data: dataFile(session), status }));
}

function isOn(word: string | undefined): boolean {
  if (word !== 'on' && word !== 'off') throw new DishError(`${word} is neither on nor off`);
  return word === 'on';
}

function statusText(session: Session): string {
  const { shell, jobs } = session;
  const { running } = jobs;
  const lines = [
    `dish: ${running.length} ${running.length === 1 ? 'job' : 'jobs'}, ${session.cluster === undefined ? 'no cluster' : 'cluster mounted'}`,
    `user=${quoteWord(session.user)} host_pid=${process.pid}`,
    `dot=${quoteWord(shell.ns.dot)}`,
    `status=${quoteWord(shell.status)}`,
    `commands=${session.commands} busy=${session.busy ? 1 : 0}`,
    ...(session.cluster === undefined ? [] : [`cluster=${quoteWord(session.cluster)}`]),
    ...(session.address === undefined ? [] : [`address=${quoteWord(session.address)}`]),
    `events=${session.events.shown ? 'on' : 'off'} trace=${session.trace === undefined ? 'off' : 'on'}`,
    `uptime_seconds=${((Date.now() - session.startedAt) / 1000).toFixed(0)}`,
    ...running.map(({ pid, text }) => `job=${pid} command=${quoteWord(text)}`),
  ];
  return `${lines.join('\n')}\n`;
}

/**
 * Commands are written, their output is read up to its end. They run in the session's own shell, one request after the
 * other: what they set is set at the prompt. Where the file is open for writing only, the commands run when it is closed, and
 * their output goes to the session's.
 */
function dataFile(session: Session): ReturnType<typeof file> {
  let last: Promise<void> = Promise.resolve();
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    last = last.then(work, work);
    return last;
  };
  const both = exchange((request, _opener, signal) => output(session, toText(request), signal, inTurn));
  return file(
    (opener, mode, call) => {
      if ((mode & 3) !== OWRITE) return both.open(opener, mode, call);
      let source = '';
      const handle: Handle = {
        write(_offset, data) {
          source += toText(data);
          return data.length;
        },
        close() {
          if (source.trim() !== '') void inTurn(() => session.run(source, session.fds, session.signal));
        },
      };
      return handle;
    },
    { perm: 0o666 },
  );
}

async function* output(
  session: Session,
  source: string,
  signal: AbortSignal,
  inTurn: (work: () => Promise<void>) => Promise<void>,
): AsyncGenerator<Uint8Array, void> {
  const { ns } = session.shell;
  const [reading, writing] = await ns.pipe();
  const fds = new FdGroup();
  put(fds, 0, await ns.open('/dev/null', OREAD));
  put(fds, 1, writing);
  fds.dup(1, 2);
  const running = inTurn(() => session.run(source, fds, signal).finally(() => fds.release()));
  try {
    yield* pieces(reading, { signal });
    await running;
  } finally {
    await reading.close();
  }
}
