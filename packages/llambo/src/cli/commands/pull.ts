import { parseArgs } from 'node:util';
import { ModelStore, progressRenderer } from '@llambo/llama';
import { LlamboError } from '../../errors.ts';

export const summary = 'fetch a model into the store';
export const usage = `llamboctl pull NAME ...

NAME is one that llamboctl models lists, the path of a GGUF file, or hf:user/repo:quant.
Ctrl-C stops; the next pull goes on where it stopped.`;

export async function run(args: readonly string[]): Promise<number> {
  const { positionals } = parseArgs({ args: [...args], options: {}, allowPositionals: true });
  if (positionals.length === 0)
    throw new LlamboError('bad-request', 'pull needs the name of a model; llamboctl models lists them');
  const abort = new AbortController();
  process.once('SIGINT', () => abort.abort());
  const store = new ModelStore();
  for (const name of positionals) {
    const { path } = await store.pull(name, {
      signal: abort.signal,
      onProgress: progressRenderer(process.stderr),
    });
    process.stdout.write(`${path}\n`);
  }
  return 0;
}
