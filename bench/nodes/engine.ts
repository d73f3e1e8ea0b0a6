/** The engine with nothing around it: fork engine.ts MODEL THREADS STREAMS. Each message `TOKENS` is answered by tokens a second. */
import { collect, LocalEngine } from '@llambo/llama';
import { chats } from '../engine/chats.ts';

const [path = '', threads, streams] = process.argv.slice(2);
const engine = await LocalEngine.load({
  path,
  context: 512,
  sequences: Number(streams),
  threads: Number(threads),
});
process.on('message', async (tokens) => {
  const started = performance.now();
  const answers = await Promise.all(
    chats(Number(streams), Number(tokens)).map((each) => collect(engine, each)),
  );
  const total = answers.reduce((sum, { usage }) => sum + usage.completionTokens, 0);
  process.send?.(total / ((performance.now() - started) / 1000));
});
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
