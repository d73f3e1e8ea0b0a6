/** The engine with nothing around it, in a process of its own: node alone.ts MODEL THREADS STREAMS CONTEXT TOKENS */
import { collect, type Engine, type GenerateRequest, LocalEngine } from '@llambo/llama';
import { median } from '../support/table.ts';
import { chats } from './chats.ts';

const [path = '', ...figures] = process.argv.slice(2);
const [threads, streams, context, tokens] = figures.map(Number) as [number, number, number, number];

async function rate(engine: Engine, requests: readonly GenerateRequest[]): Promise<number> {
  const started = performance.now();
  const answers = await Promise.all(requests.map((each) => collect(engine, each)));
  const total = answers.reduce((sum, { usage }) => sum + usage.completionTokens, 0);
  return total / ((performance.now() - started) / 1000);
}

const engine = await LocalEngine.load({ path, context, sequences: streams, threads });
const ones: number[] = [];
for (let i = 0; i < 5; i++) ones.push(await rate(engine, chats(1, tokens)));
const many = await rate(engine, chats(streams, tokens));
const shared = await rate(engine, chats(streams, tokens, { system: true }));
const { rss } = await engine.status();
const { promptTokens } = (await collect(engine, { ...chats(1, 1)[0] })).usage;
process.stdout.write(`${JSON.stringify({ one: median(ones), many, shared, rss, promptTokens })}\n`);
process.exit(0);
