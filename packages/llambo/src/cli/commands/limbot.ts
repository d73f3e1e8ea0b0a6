import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { type ChatEnd, type ChatTurn, chat, clusterUrl } from '../client.ts';
import { bold, dim, red } from '../terminal.ts';

export const summary = 'chat with the cluster';
export const usage = `llamboctl limbot [-m MODEL] [-s SYSTEM] [--max-tokens N] [--seed N] [-q] [PROMPT ...]

Without a prompt: a conversation; /clear forgets it, /quit or Ctrl-D ends it, Ctrl-C stops an answer.
Text on standard input is put behind the prompt: cat notes.txt | llamboctl limbot "summarise"`;

export interface ChatOptions {
  readonly url: string;
  readonly model?: string | undefined;
  readonly system?: string | undefined;
  readonly maxTokens?: number | undefined;
  readonly seed?: number | undefined;
  /** No line of figures behind an answer. */
  readonly quiet?: boolean | undefined;
}

export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      addr: { type: 'string' },
      model: { type: 'string', short: 'm' },
      system: { type: 'string', short: 's' },
      'max-tokens': { type: 'string' },
      seed: { type: 'string' },
      quiet: { type: 'boolean', short: 'q' },
    },
  });
  const options: ChatOptions = {
    url: clusterUrl(values.addr),
    model: values.model,
    system: values.system,
    maxTokens: values['max-tokens'] === undefined ? undefined : Number(values['max-tokens']),
    seed: values.seed === undefined ? undefined : Number(values.seed),
    quiet: values.quiet,
  };
  const piped = process.stdin.isTTY ? '' : await readAll(process.stdin);
  const prompt = [positionals.join(' '), piped.trim()].filter(Boolean).join('\n\n');
  if (prompt !== '') return (await ask(options, prompt)) ? 0 : 1;
  if (!process.stdin.isTTY) return 0;
  return converse(options);
}

async function readAll(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  stream.setEncoding('utf8');
  for await (const part of stream) text += part;
  return text;
}

/** One question, one answer on standard output, figures on standard error. */
export async function ask(options: ChatOptions, prompt: string): Promise<boolean> {
  const abort = new AbortController();
  const stop = (): void => abort.abort();
  process.once('SIGINT', stop);
  try {
    await answer(options, [...opening(options), { role: 'user', content: prompt }], abort.signal);
    return true;
  } catch (error) {
    if (!abort.signal.aborted) throw error;
    process.stdout.write('\n');
    return false;
  } finally {
    process.removeListener('SIGINT', stop);
  }
}

/** A conversation at the terminal, until /quit or the end of input. */
export async function converse(options: ChatOptions): Promise<number> {
  const terminal = createInterface({
    input: process.stdin,
    output: process.stdout,
    prompt: bold(process.stdout, 'You: '),
  });
  let turns = opening(options);
  let abort: AbortController | undefined;
  terminal.on('SIGINT', () => (abort === undefined ? terminal.close() : abort.abort()));
  terminal.prompt();
  for await (const line of terminal) {
    const text = line.trim();
    if (text === '/quit' || text === '/exit') break;
    if (text === '/clear') turns = opening(options);
    else if (text.startsWith('/')) process.stdout.write('commands: /clear /quit\n');
    else if (text !== '') {
      abort = new AbortController();
      try {
        const asked: ChatTurn[] = [...turns, { role: 'user', content: text }];
        const reply = await answer(options, asked, abort.signal);
        turns = [...asked, { role: 'assistant', content: reply }];
      } catch (error) {
        process.stdout.write(
          abort.signal.aborted ? '\n' : `${red(process.stdout, (error as Error).message)}\n`,
        );
      }
      abort = undefined;
    }
    terminal.prompt();
  }
  terminal.close();
  return 0;
}

const opening = ({ system }: ChatOptions): ChatTurn[] =>
  system === undefined ? [] : [{ role: 'system', content: system }];

/** Calmer than the API's defaults: small models wander off at temperature 1. */
const CHAT_SAMPLING = { temperature: 0.3, top_p: 0.95, min_p: 0.05 };

async function answer(
  options: ChatOptions,
  messages: readonly ChatTurn[],
  signal: AbortSignal,
): Promise<string> {
  const started = performance.now();
  let firstMs: number | undefined;
  let reply = '';
  const body = {
    messages,
    ...CHAT_SAMPLING,
    ...(options.model === undefined ? {} : { model: options.model }),
    ...(options.maxTokens === undefined ? {} : { max_tokens: options.maxTokens }),
    ...(options.seed === undefined ? {} : { seed: options.seed }),
  };
  const end = await chat(
    options.url,
    body,
    (text) => {
      firstMs ??= performance.now() - started;
      reply += text;
      process.stdout.write(text);
    },
    signal,
  );
  process.stdout.write('\n');
  if (!options.quiet) process.stderr.write(`${dim(process.stderr, figures(end, firstMs))}\n`);
  return reply;
}

/** `42 tokens, 88.1 tok/s, first after 180 ms, worker-0003 (tiny, smollm2-135m)` */
function figures({ completionTokens, provenance, model }: ChatEnd, firstMs: number | undefined): string {
  const speed = provenance.tokens_per_second;
  return [
    `${completionTokens} tokens`,
    ...(speed === null ? [] : [`${speed.toFixed(1)} tok/s`]),
    ...(firstMs === undefined ? [] : [`first after ${firstMs.toFixed(0)} ms`]),
    `${provenance.node} (${provenance.class}, ${model})`,
    ...(provenance.attempts > 1 ? [`${provenance.attempts} attempts`] : []),
  ].join(', ');
}
