import { corrupt } from '../errors.ts';
import { chooseQuant, type HfFile, hfName } from '../name.ts';
import type { PartFile } from '../part.ts';
import { chunks, get, HttpError, type HttpOptions, pause, Unreachable } from './http.ts';
import type { Job, Source } from './source.ts';

/** The public endpoint, or the mirror that HF_ENDPOINT names. */
export function hfEndpoint(env: NodeJS.ProcessEnv): string {
  return (env['HF_ENDPOINT'] || 'https://huggingface.co').replace(/\/+$/, '');
}

export interface HfOptions extends HttpOptions {
  readonly endpoint: string;
  /** HF_TOKEN; sent to the endpoint only. */
  readonly token: string | undefined;
}

/** Endpoints that could not be reached, and when and why: the next models of the catalogue do not wait for them again. */
const silent = new Map<string, { until: number; why: string }>();
const silentMs = 60_000;

function headers(options: HfOptions): Record<string, string> {
  // Identity: a length and a range must count the file's own bytes.
  const all: Record<string, string> = { 'user-agent': 'llambo', 'accept-encoding': 'identity' };
  if (options.token) all['authorization'] = `Bearer ${options.token}`;
  return all;
}

async function first<T>(endpoint: string, run: () => Promise<T>): Promise<T> {
  const known = silent.get(endpoint);
  if (known !== undefined && performance.now() < known.until) throw new Unreachable(known.why);
  try {
    return await run();
  } catch (error) {
    if (error instanceof Unreachable)
      silent.set(endpoint, { until: performance.now() + silentMs, why: error.message });
    throw error;
  }
}

/** Downloads one file of a model repository over HTTP, in ranges where an earlier pull stopped. */
export class HfSource implements Source {
  readonly id: string;
  readonly extraBytes = 0;
  readonly #file: HfFile;
  readonly #options: HfOptions;

  constructor(file: HfFile, options: HfOptions) {
    this.#file = file;
    this.#options = options;
    this.id = hfName(file);
  }

  async deliver(part: PartFile, job: Job): Promise<void> {
    const { user, repo, file } = this.#file;
    const url = `${this.#options.endpoint}/${user}/${repo}/resolve/main/${encodeURI(file)}`;
    const { retries } = this.#options;
    let failures = 0;
    let transfer = () => first(this.#options.endpoint, () => this.#transfer(url, part, job));
    for (;;) {
      const before = part.size;
      try {
        return await transfer();
      } catch (error) {
        if (part.size > before) failures = 0;
        // A host that is missing from the start is not waited for; one that was there will be back.
        const missing = error instanceof Unreachable && failures === 0 && part.size === part.resumed;
        if (!(error instanceof HttpError && error.transient) || missing) throw error;
        // Where not a byte ever came, patience is short: there is another source.
        if (failures >= (part.size === part.resumed ? Math.min(2, retries) : retries)) throw error;
        await pause(failures++, this.#options, job.signal);
        transfer = () => this.#transfer(url, part, job);
      }
    }
  }

  /** One request and its body. */
  async #transfer(url: string, part: PartFile, job: Job): Promise<void> {
    const send = headers(this.#options);
    if (part.size > 0) {
      send['range'] = `bytes=${part.size}-`;
      if (part.note !== '') send['if-range'] = part.note;
    }
    const { answer, abort } = await get(url, send, job.signal, this.#options.connectMs, (head) =>
      this.#check(head, job),
    );
    if (answer.status === 416) {
      await answer.body?.cancel().catch(() => {});
      if (part.size === job.wanted.size) return;
      await part.reset();
      throw new HttpError('the file is shorter than what an earlier pull left', true, 416);
    }
    const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(answer.headers.get('content-range') ?? '');
    if (part.size > 0 && (answer.status !== 206 || Number(range?.[1]) !== part.size)) await part.reset();
    const length = Number(answer.headers.get('content-length') ?? Number.NaN);
    const total = Number.isFinite(length) ? part.size + length : (job.wanted.size ?? 0);
    if (job.wanted.size !== undefined && Number.isFinite(length) && total !== job.wanted.size) {
      abort();
      throw corrupt(`holds another file, of ${total} bytes instead of ${job.wanted.size}`);
    }
    if (total > 0) job.learn({ size: total });
    // A weak entity tag does not promise the same bytes: If-Range takes strong ones only.
    const tag = answer.headers.get('etag') ?? '';
    await part.mark(tag.startsWith('"') ? tag : '');
    for await (const chunk of chunks(answer, abort, this.#options.stallMs, job.signal)) {
      await part.append(chunk);
      job.count(part.size, total);
    }
    if (total > 0 && part.size < total) throw new HttpError('the connection broke off', true);
  }

  /** The hub tells the checksum of a large file before it redirects to it: another file costs no download. */
  #check(head: Response, job: Job): void {
    const sha256 = (head.headers.get('x-linked-etag') ?? '').replaceAll('"', '').toLowerCase();
    if (!/^[0-9a-f]{64}$/.test(sha256)) return;
    if (job.wanted.sha256 !== undefined && sha256 !== job.wanted.sha256)
      throw corrupt(`holds another file now (sha256 ${sha256})`);
    job.learn({ sha256 });
  }
}

/** A file of a repository as the hub lists it. */
export interface HfEntry {
  readonly path: string;
  readonly size: number | undefined;
  readonly sha256: string | undefined;
}

/** Lists the files of a repository. Rejects with an HttpError. */
export async function listHf(
  user: string,
  repo: string,
  options: HfOptions,
  signal: AbortSignal | undefined,
): Promise<readonly HfEntry[]> {
  return first(options.endpoint, async () => {
    const url = `${options.endpoint}/api/models/${user}/${repo}/tree/main?recursive=true`;
    const { answer, abort } = await get(url, headers(options), signal, options.connectMs);
    const parts: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of chunks(answer, abort, options.stallMs, signal)) {
      size += chunk.length;
      if (size > 16 * 1024 * 1024) throw new HttpError('the list of files is too long', false, answer.status);
      parts.push(chunk);
    }
    let list: unknown;
    try {
      list = JSON.parse(Buffer.concat(parts).toString('utf8'));
    } catch (cause) {
      throw new HttpError('the list of files is not JSON', false, answer.status, { cause });
    }
    return Array.isArray(list) ? list.flatMap(entry) : [];
  });
}

function entry(item: unknown): HfEntry[] {
  const { path, size, lfs } = (item ?? {}) as { path?: unknown; size?: unknown; lfs?: { oid?: unknown } };
  if (typeof path !== 'string') return [];
  const sum = typeof lfs?.oid === 'string' && /^[0-9a-f]{64}$/.test(lfs.oid) ? lfs.oid : undefined;
  return [{ path, size: Number.isSafeInteger(size) ? (size as number) : undefined, sha256: sum }];
}

/** The entry that holds a quantization. Throws when there is none, and says which there are. */
export function entryOfQuant(entries: readonly HfEntry[], quant: string): HfEntry {
  const file = chooseQuant(
    entries.map(({ path }) => path),
    quant,
  );
  const found = entries.find(({ path }) => path === file);
  if (found !== undefined) return found;
  const models = entries.map(({ path }) => path).filter((path) => /\.gguf$/i.test(path));
  const there = models.length === 0 ? 'no GGUF file at all' : models.slice(0, 20).join(', ');
  throw new HttpError(`no single GGUF file of quantization ${quant}; there is ${there}`, false, 404);
}
