import { ModelStore, progressRenderer } from '@llambo/llama';
import { EXIT, type Parsed } from '../spec.ts';

export async function run(_args: readonly string[], parsed: Parsed): Promise<number> {
  const abort = new AbortController();
  process.once('SIGINT', () => abort.abort());
  const store = new ModelStore();
  for (const name of parsed.words) {
    const { path } = await store.pull(name, {
      signal: abort.signal,
      onProgress: progressRenderer(process.stderr),
    });
    process.stdout.write(`${path}\n`);
  }
  return EXIT.ok;
}
