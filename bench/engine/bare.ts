/** The ceiling of bench/engine.ts, in a process of its own: node bare.ts MODEL THREADS STREAMS CONTEXT PROMPT TOKENS */
import { Context, loadModel } from '../../packages/llama/src/native/context.ts';
import { loadLlama } from '../../packages/llama/src/native/llama.ts';
import { median } from '../support/table.ts';

const [path = '', ...figures] = process.argv.slice(2);
const [threads, STREAMS, CONTEXT, promptLength, TOKENS] = figures.map(Number) as [
  number,
  number,
  number,
  number,
  number,
];

/** Tokens generated a second, over prompt and answer, by a bare loop. */
async function bareLoop(context: Context, streams: number): Promise<number> {
  for (let s = 0; s < streams; s++) context.truncate(s, 0);
  const started = performance.now();
  const put = (at: number, sequence: number, position: number, output: boolean): void => {
    context.token[at] = 1000 + ((sequence * 131 + position * 17) % 20_000);
    context.position[at] = position;
    context.sequence[at] = sequence;
    context.output[at] = output ? 1 : 0;
  };
  const perBatch = Math.max(1, Math.floor(context.shape.batch / promptLength));
  for (let first = 0; first < streams; first += perBatch) {
    let used = 0;
    for (let s = first; s < Math.min(streams, first + perBatch); s++) {
      for (let p = 0; p < promptLength; p++) put(used++, s, p, p === promptLength - 1);
    }
    await context.decode(used);
  }
  for (let step = 1; step < TOKENS; step++) {
    for (let s = 0; s < streams; s++) put(s, s, promptLength + step - 1, true);
    await context.decode(streams);
  }
  return (streams * TOKENS) / ((performance.now() - started) / 1000);
}

const llama = loadLlama();
const model = await loadModel(llama, path, 0);
const context = new Context(llama, model, {
  sequences: STREAMS,
  contextPerSequence: CONTEXT,
  batch: 512,
  outputs: STREAMS + 128,
  threads,
});
const ones: number[] = [];
for (let i = 0; i < 5; i++) ones.push(await bareLoop(context, 1));
const many = await bareLoop(context, STREAMS);
process.stdout.write(`${JSON.stringify({ one: median(ones), many })}\n`);
process.exit(0);
