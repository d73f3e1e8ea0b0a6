import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { link, open, readFile, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { fromFileSystem, locked } from './errors.ts';

interface Owner {
  readonly pid: number;
  readonly host: string;
  /** When the process started, in the kernel's ticks; tells a reused pid from the owner. Empty where unknown. */
  readonly started: string;
  /** Unique to this holding of the lock. */
  readonly id: string;
}

export interface LockOptions {
  /** For messages. */
  readonly name: string;
  /** Longest wait, milliseconds. */
  readonly waitMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Called once when the lock has another owner. */
  readonly onWait?: (owner: string) => void;
}

const pollMs = 250;
const beatMs = 5000;
/** An owner on another machine cannot be looked up: it is gone when its lock has not been touched for this long. */
const silenceMs = 60_000;
/** Breaking a lock takes a moment; who held its guard for longer was killed meanwhile. */
const guardMs = 10_000;

/**
 * Takes the lock file at `path`, and gives a function that releases it. Waits while its owner lives; a lock whose owner
 * died is broken. Rejects with a ModelStoreError `locked` after `waitMs`, or with the signal's reason.
 */
export async function takeLock(path: string, options: LockOptions): Promise<() => Promise<void>> {
  const me: Owner = { pid: process.pid, host: hostname(), started: started(process.pid), id: randomUUID() };
  const text = JSON.stringify(me);
  const until = performance.now() + options.waitMs;
  let waited = false;
  for (;;) {
    options.signal?.throwIfAborted();
    if (await create(path, text)) break;
    const owner = await readOwner(path);
    if (owner !== undefined && !(await alive(path, owner.owner)) && (await breakLock(path, owner.text)))
      continue;
    const who = owner?.owner ? `process ${owner.owner.pid} on ${owner.owner.host}` : 'another process';
    if (!waited) options.onWait?.(who);
    waited = true;
    if (performance.now() > until) throw locked(options.name, path, who, Math.round(options.waitMs / 1000));
    await sleep(pollMs, undefined, { signal: options.signal }).catch(() => options.signal?.throwIfAborted());
  }
  const beat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => {});
  }, beatMs);
  beat.unref();
  return async () => {
    clearInterval(beat);
    // Not when someone broke it while this process was stopped for a minute, and took it.
    if ((await readOwner(path))?.text === text) await rm(path, { force: true });
  };
}

/** Writes the owner under a name of its own first, so that no one sees a lock without an owner. */
async function create(path: string, text: string): Promise<boolean> {
  const own = `${path}.${randomUUID()}`;
  try {
    const handle = await open(own, 'wx');
    await handle.writeFile(text);
    await handle.close();
    try {
      await link(own, path);
      return true;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EEXIST') return false;
      // A file system without hard links: an owner may then be seen too late, and counts as alive until it is.
      const direct = await open(path, 'wx');
      await direct.writeFile(text);
      await direct.close();
      return true;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw fromFileSystem(error, path);
  } finally {
    await rm(own, { force: true });
  }
}

async function readOwner(path: string): Promise<{ text: string; owner: Owner | undefined } | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    return undefined;
  }
  try {
    const owner = JSON.parse(text) as Owner;
    return { text, owner: Number.isInteger(owner.pid) && typeof owner.host === 'string' ? owner : undefined };
  } catch {
    return { text, owner: undefined };
  }
}

async function alive(path: string, owner: Owner | undefined): Promise<boolean> {
  if (owner !== undefined && owner.host === hostname()) {
    try {
      process.kill(owner.pid, 0);
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'EPERM';
    }
    return owner.started === '' || owner.started === started(owner.pid);
  }
  const touched = await stat(path).catch(() => undefined);
  return touched === undefined || Date.now() - touched.mtimeMs < silenceMs;
}

/**
 * Removes a lock whose text was `seen`. Between the look and the removal another process may have broken it and taken it
 * anew, so whoever breaks locks does so one at a time, and looks again. False while another one is at it.
 */
async function breakLock(path: string, seen: string): Promise<boolean> {
  const guard = `${path}.break`;
  if (!(await create(guard, ''))) {
    const held = await stat(guard).catch(() => undefined);
    if (held !== undefined && Date.now() - held.mtimeMs > guardMs) await rm(guard, { force: true });
    return false;
  }
  try {
    if ((await readOwner(path))?.text === seen) await rm(path, { force: true });
    return true;
  } finally {
    await rm(guard, { force: true });
  }
}

function started(pid: number): string {
  try {
    // proc(5): the name in parentheses may hold spaces; the state is the first field after it, the start time the 20th.
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? 'ended' : (fields[19] ?? '');
  } catch {
    return '';
  }
}
