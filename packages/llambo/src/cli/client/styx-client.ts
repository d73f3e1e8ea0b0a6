/** The cluster through its files, llambo(4): everything that the gateway says, without HTTP. */
import type { Usage } from '@llambo/llama';
import { type Client, ORDWR, OREAD, proveToken, type RemoteFile } from '@llambo/styx';
import { connect } from '@llambo/styx/node';
import type { ClusterEvent } from '../../cluster/events.ts';
import { LlamboError, type LlamboErrorCode, unreachable } from '../../errors.ts';
import type { Assigned, AssignedFinish } from '../../wire/answer.ts';
import type { WireRequest } from '../../wire/request.ts';
import { cutShort } from '../errors.ts';
import type {
  ChatEnd,
  ChatRequest,
  ChatTurn,
  ClusterClient,
  Decisions,
  FusionRequest,
  FusionResult,
  FusionVote,
  HostRow,
  ModelRow,
  NodeDetail,
  NodeRow,
  Provenance,
  Status,
} from './client.ts';
import { attributesOf, parseDecisions, parseEvent, parseHost, parseNode, parseStatus } from './styx-text.ts';

const DIAL_MS = 10_000;
const READ = 64 * 1024;

/** Names of the HTTP request's members, by those of a data file's request. */
const SAMPLING = {
  temperature: 'temperature',
  top_p: 'topP',
  top_k: 'topK',
  min_p: 'minP',
  repeat_penalty: 'repeatPenalty',
  seed: 'seed',
  max_tokens: 'maxTokens',
  ignore_eos: 'ignoreEos',
} as const;

export class StyxClient implements ClusterClient {
  readonly address: string;
  readonly #client: Client;
  readonly #root: RemoteFile;

  private constructor(address: string, client: Client, root: RemoteFile) {
    this.address = address;
    this.#client = client;
    this.#root = root;
  }

  /** @throws LlamboError `unreachable` */
  static async connect(address: string, token?: string): Promise<StyxClient> {
    let client: Client;
    try {
      client = await connect(address, { signal: AbortSignal.timeout(DIAL_MS) });
    } catch (error) {
      throw unreachable(address, error);
    }
    const uname = 'operator';
    try {
      const root = await client.attach(token === undefined ? { uname } : { uname, auth: proveToken(token) });
      return new StyxClient(address, client, root);
    } catch (error) {
      client.close();
      const why = (error as Error).message;
      throw new LlamboError(
        'bad-request',
        `${address} lets nobody in without its token (${why}); it is taken from LLAMBO_TOKEN or usr/llamboctl.conf`,
      );
    }
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  async #walk(path: string): Promise<RemoteFile> {
    const names = path.split('/');
    const { file } = await this.#root.walk(names);
    if (file === undefined) throw new LlamboError('unknown-node', `there is no ${path}`);
    return file as RemoteFile;
  }

  async #open(path: string, mode: number): Promise<RemoteFile> {
    const file = await this.#walk(path).catch((error) => {
      throw error instanceof LlamboError ? error : notFound(path, error);
    });
    try {
      await file.open(mode);
      return file;
    } catch (error) {
      await file.clunk();
      throw toError(error);
    }
  }

  /** The whole of a file that ends. */
  async #text(path: string): Promise<string> {
    const file = await this.#open(path, OREAD);
    try {
      const parts: Buffer[] = [];
      for (let offset = 0; ; ) {
        const bytes = await file.read(offset, READ);
        if (bytes.length === 0) return Buffer.concat(parts).toString();
        parts.push(Buffer.from(bytes));
        offset += bytes.length;
      }
    } catch (error) {
      throw toError(error);
    } finally {
      await file.clunk().catch(() => {});
    }
  }

  async status(): Promise<Status> {
    return parseStatus(await this.#text('status'));
  }

  async nodes(): Promise<readonly NodeRow[]> {
    return (await this.#text('nodes')).split('\n').filter(Boolean).map(parseNode);
  }

  async node(id: string): Promise<NodeDetail> {
    const row = (await this.nodes()).find((node) => node.id === id);
    if (row === undefined) throw new LlamboError('unknown-node', `there is no node ${id}`);
    const [status, namespace] = await Promise.all([
      this.#text(`${id}/status`),
      this.#text(`${id}/namespace`).catch(() => ''),
    ]);
    return { ...row, status, namespace };
  }

  async hosts(): Promise<readonly HostRow[]> {
    const names = await this.#list('hosts');
    const texts = await Promise.all(
      names.filter((name) => name !== 'ctl').map((name) => this.#text(`hosts/${name}/status`)),
    );
    return texts.map(parseHost);
  }

  async #list(path: string): Promise<string[]> {
    const { unpackDirs } = await import('@llambo/styx');
    const file = await this.#open(path, OREAD);
    try {
      const names: string[] = [];
      for (let offset = 0; ; ) {
        const bytes = await file.read(offset, READ);
        if (bytes.length === 0) return names;
        names.push(...unpackDirs(bytes).map(({ name }) => name));
        offset += bytes.length;
      }
    } finally {
      await file.clunk();
    }
  }

  async events(
    signal: AbortSignal,
    onEvent: (event: ClusterEvent) => void,
    live: () => void = () => {},
  ): Promise<void> {
    const file = await this.#open('events', OREAD);
    let serial = 0;
    let rest = '';
    let quiet: NodeJS.Timeout | undefined;
    try {
      for (let offset = 0; ; ) {
        // What is kept comes at once; the first read that waits is where the present begins.
        quiet ??= setTimeout(live, QUIET_MS);
        const bytes = await file.read(offset, READ, { signal });
        if (bytes.length === 0) return;
        offset += bytes.length;
        const lines = (rest + Buffer.from(bytes).toString()).split('\n');
        rest = lines.pop() as string;
        for (const line of lines) onEvent(parseEvent(line, ++serial));
      }
    } catch (error) {
      if (!signal.aborted) throw toError(error);
    } finally {
      clearTimeout(quiet);
      await file.clunk().catch(() => {});
    }
  }

  async decisions(): Promise<Decisions> {
    const [balancer, autoscaler] = await Promise.all([
      this.#text('trace'),
      this.#text('autoscale').catch(() => ''), // an older cluster has no such file
    ]);
    return { balancer: parseDecisions(balancer), autoscaler: parseDecisions(autoscaler) };
  }

  metrics(): Promise<string> {
    return this.#text('metrics');
  }

  async ctl(line: string, signal?: AbortSignal): Promise<string> {
    const file = await this.#open('ctl', ORDWR);
    try {
      await file.write(0, Buffer.from(line), signal === undefined ? undefined : { signal });
      // Read where it was written, the file tells what came of it.
      return Buffer.from(await file.read(line.length, READ))
        .toString()
        .trimEnd();
    } catch (error) {
      throw toError(error);
    } finally {
      await file.clunk().catch(() => {});
    }
  }

  checkpoint(): Promise<string> {
    return this.#text('checkpoint');
  }

  async models(): Promise<readonly ModelRow[]> {
    const names = new Set((await this.nodes()).map(({ model }) => model));
    return [...names].map((name) => ({ name, context: undefined }));
  }

  async context(model: string | undefined): Promise<number | undefined> {
    const lines = (await this.#text('nodes')).split('\n').filter(Boolean);
    const nodes = lines.map((line) => ({
      ...parseNode(line),
      context: Number(attributesOf(line)['context']),
    }));
    const wanted =
      model === undefined ? nodes : nodes.filter((node) => node.class === model || node.model === model);
    const contexts = wanted.map(({ context }) => context).filter((context) => context > 0);
    return contexts.length === 0 ? undefined : Math.min(...contexts);
  }

  async countTokens(model: string | undefined, text: string): Promise<number> {
    let count = 0;
    await this.#ask(
      { op: 'tokenize', output: 'records', ...routeOf(model), texts: [text] },
      {
        tokens: (tokens) => {
          count = tokens.length;
        },
      },
    );
    return count;
  }

  async countPrompt(model: string | undefined, messages: readonly ChatTurn[]): Promise<number> {
    let prompt = '';
    await this.#ask(
      { op: 'template', output: 'text', ...routeOf(model), messages: messages.map((each) => ({ ...each })) },
      {
        raw: (bytes) => {
          prompt += bytes;
        },
      },
    );
    let count = 0;
    await this.#ask(
      { op: 'tokenize', output: 'records', ...routeOf(model), texts: [prompt], special: true },
      {
        tokens: (tokens) => {
          count = tokens.length;
        },
      },
    );
    return count;
  }

  async chat(request: ChatRequest, onText: (text: string) => void, signal?: AbortSignal): Promise<ChatEnd> {
    const { messages, model } = request;
    const generate: Record<string, unknown> = { messages };
    for (const [name, member] of Object.entries(SAMPLING))
      if (request[name] !== undefined) generate[member] = request[name];
    let finish: AssignedFinish | undefined;
    const asked = { op: 'generate', output: 'records', ...routeOf(model), request: generate } as WireRequest;
    await this.#ask(
      asked,
      {
        text: (text) => {
          if (text !== '') onText(text);
        },
        finish: (found) => {
          finish = found;
        },
      },
      signal,
    );
    if (finish === undefined) throw cutShort('the answer');
    const { usage, assignment } = finish;
    return {
      reason: finish.reason,
      model: assignment?.model ?? model ?? '',
      promptTokens: usage.promptTokens,
      cachedTokens: usage.cachedTokens,
      completionTokens: usage.completionTokens,
      provenance: assignment && provenanceOf(assignment, usage),
    };
  }

  /** Writes a request to the cluster's data file, and hands out the records, or the bytes, of the answer. */
  async #ask(request: WireRequest, sink: Sink, signal?: AbortSignal): Promise<void> {
    // Loaded when something is asked: they bring the engine's errors, and with them the engine.
    const [{ AnswerReader }, { formatRequest }] = await Promise.all([
      import('../../wire/answer.ts'),
      import('../../wire/request.ts'),
    ]);
    const file = await this.#open('data', ORDWR);
    const reader = new AnswerReader({
      chunk: ({ text }) => sink.text?.(text),
      tokens: (tokens) => sink.tokens?.(tokens),
      end: (finish) => sink.finish?.(finish),
    });
    const decoder = new TextDecoder();
    const call = signal === undefined ? undefined : { signal };
    try {
      const bytes = Buffer.from(formatRequest(request));
      for (let at = 0; at < bytes.length; )
        at += await file.write(at, bytes.subarray(at, at + file.iounit), call);
      for (let offset = 0; ; ) {
        const part = await file.read(offset, READ, call);
        if (part.length === 0) break;
        offset += part.length;
        if (sink.raw === undefined) reader.push(part);
        else sink.raw(decoder.decode(part, { stream: true }));
      }
    } catch (error) {
      throw toError(error);
    } finally {
      await file.clunk().catch(() => {});
    }
  }

  async fuse(
    request: FusionRequest,
    onVote: (vote: FusionVote) => void,
    signal?: AbortSignal,
  ): Promise<FusionResult> {
    const { fuseByFiles } = await import('./styx-fusion.ts');
    try {
      return await fuseByFiles((path, mode) => this.#open(path, mode), request, onVote, signal);
    } catch (error) {
      throw toError(error);
    }
  }
}

/** Milliseconds without another line after which what is kept has been read. */
const QUIET_MS = 150;

interface Sink {
  text?(text: string): void;
  raw?(text: string): void;
  tokens?(tokens: readonly number[]): void;
  finish?(finish: AssignedFinish | undefined): void;
}

function provenanceOf(
  { node, class: nodeClass, strategy, attempt }: Assigned,
  { queueMs, promptMs, generateMs, completionTokens }: Usage,
): Provenance {
  return {
    node,
    class: nodeClass,
    strategy,
    attempts: attempt,
    queue_ms: queueMs,
    prompt_ms: promptMs,
    generate_ms: generateMs,
    tokens_per_second: generateMs > 0 ? ((completionTokens - 1) / generateMs) * 1000 : null,
  };
}

const routeOf = (model: string | undefined): { model?: string } => (model === undefined ? {} : { model });

/** `CODE: message` of an Rerror. */
function toError(error: unknown): Error {
  if (error instanceof LlamboError) return error;
  const { message } = error as Error;
  const [, code, text] = /^([a-z]+(?:-[a-z]+)*): ([\s\S]*)$/.exec(message) ?? [];
  if (code === undefined || text === undefined) {
    if (/hung up|closed|connection/i.test(message))
      return new LlamboError('unreachable', `connection is gone: ${message}`);
    return new LlamboError('internal', message);
  }
  return new LlamboError(code as LlamboErrorCode, text);
}

const notFound = (path: string, error: unknown): LlamboError => {
  const [first = ''] = path.split('/');
  const what = /^worker-/.test(first) ? `node ${first}` : path;
  return new LlamboError(/^worker-/.test(first) ? 'unknown-node' : 'bad-request', `there is no ${what}`, {
    cause: error,
  });
};
