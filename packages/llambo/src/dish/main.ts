/** The command `llamboctl dish`: a prompt, a script, or the commands of one argument. */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { serveOn } from '@llambo/styx/node';
import { unreachable } from '../errors.ts';
import { homeFolder } from '../home.ts';
import { DishError } from './errors.ts';
import { PipeIO } from './host-io.ts';
import { Prompt } from './repl.ts';
import { CLUSTER, Session, type SessionOptions } from './session.ts';

export interface DishOptions {
  /** Dial string of the cluster that belongs here, if there is one. */
  readonly findCluster: () => string | undefined;
  /** What is proved to clusters that ask for proof. */
  readonly token: string | undefined;
  /** The cluster was named: it is an error when it does not answer. */
  readonly required: boolean;
  /** Commands, instead of a prompt. */
  readonly command?: string | undefined;
  /** A file of commands of the host. */
  readonly script?: string | undefined;
  /** `$*` */
  readonly args: readonly string[];
  /** -e */
  readonly errors: boolean;
  /** -x */
  readonly trace: boolean;
  /** Serve /n/dish at this address; for a prompt a unix socket in the home when left out. */
  readonly listen?: string | undefined;
}

/** The exit status of the process. */
export async function runDish(options: DishOptions): Promise<number> {
  const common = {
    findCluster: options.findCluster,
    token: options.token,
    home: homeFolder('usr'),
    local: process.platform !== 'win32',
    dot: process.platform === 'win32' ? '/' : `/n/local${process.cwd()}`,
  };
  if (options.command === undefined && options.script === undefined) return runPrompt(options, common);
  const source = options.command ?? readScript(options.script as string);
  const io = new PipeIO();
  const session = await Session.create({ ...common, io });
  const interrupt = (): void => session.interrupt();
  process.on('SIGINT', interrupt);
  try {
    await begin(session, options);
    session.shell.set('0', [options.script ?? 'dish']);
    session.shell.set('*', options.args);
    await session.run(source);
    await session.jobs.waitAll(session.signal);
    return exitCode(session.shell.status);
  } finally {
    process.off('SIGINT', interrupt);
    await session.close();
    io.close();
  }
}

async function runPrompt(options: DishOptions, common: Omit<SessionOptions, 'io'>): Promise<number> {
  const prompt = await Prompt.create({ ...common, historyPath: join(homeFolder('usr'), 'dish-history.txt') });
  const { session, io } = prompt;
  const end = (): void => {
    session.exiting = true;
    session.interrupt();
    session.ended();
  };
  process.on('SIGTERM', end).on('SIGHUP', end);
  // Where lines are not edited, Ctrl-C comes as a signal.
  const interrupt = (): void => session.interrupt();
  process.on('SIGINT', interrupt);
  const serving = await begin(session, options, io.editor.interactive);
  try {
    const status = await prompt.run();
    if (!io.editor.interactive) await session.jobs.waitAll(session.signal);
    return exitCode(status);
  } finally {
    process.off('SIGTERM', end).off('SIGHUP', end).off('SIGINT', interrupt);
    await prompt.close();
    await serving?.close(200);
  }
}

/** Mounts the cluster, serves the session, and runs the user's profile at a prompt. */
async function begin(
  session: Session,
  options: DishOptions,
  interactive: boolean = false,
): Promise<{ close(grace?: number): Promise<void> } | undefined> {
  session.shell.flags.errors = options.errors;
  session.shell.flags.trace = options.trace;
  const address = options.findCluster();
  if (address !== undefined) {
    try {
      await session.mountCluster(address);
    } catch (error) {
      if (options.required)
        throw /^authentication/.test((error as Error).message) ? error : unreachable(address, error);
      if (interactive) session.io.notice(`no cluster answers at ${address}: ${(error as Error).message}`);
    }
  } else if (interactive) {
    session.io.notice(
      `no cluster is running here: start one with llamboctl up -d, then type cluster to mount it at ${CLUSTER}`,
    );
  }
  const listen =
    options.listen ??
    (interactive ? `unix!${join(homeFolder('state'), `dish.${process.pid}.sock`)}` : undefined);
  let serving: Awaited<ReturnType<typeof serveOn>> | undefined;
  if (listen !== undefined) {
    if (!listen.startsWith('unix!'))
      throw new DishError(
        `--listen ${listen}: whoever can write to a session can do what you can; only unix!path is allowed`,
      );
    serving = await serveOn(listen, session.tree);
    session.address = serving.address;
  }
  if (interactive) {
    const profile = readProfile();
    if (profile !== '') await session.run(profile);
  }
  return serving;
}

/** Commands with which every prompt begins: usr/dish.profile of the home. */
function readProfile(): string {
  try {
    return readFileSync(join(homeFolder('usr'), 'dish.profile'), 'utf8');
  } catch {
    return ''; // there need not be one
  }
}

function readScript(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new DishError(`${basename(path)}: ${(error as Error).message}`);
  }
}

/** 0 after success, the number that a status is, 130 after Ctrl-C, else 1. */
export function exitCode(status: string): number {
  if (/^\|*$/.test(status)) return 0;
  if (/^\d+$/.test(status)) return Math.min(255, Number(status));
  return status === 'interrupted' ? 130 : 1;
}
