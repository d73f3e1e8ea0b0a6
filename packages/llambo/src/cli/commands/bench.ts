import type { ClusterClient } from '../client/client.ts';
import { connect } from '../client/connect.ts';
import { UsageError } from '../errors.ts';
import { Progress } from '../progress.ts';
import { EXIT, type Parsed } from '../spec.ts';
import { table } from '../terminal.ts';

interface Load {
  readonly concurrency: number;
  readonly requests: number;
  readonly tokens: number;
  readonly model: string | undefined;
  readonly prompt: string;
}

export async function run(_args: readonly string[], parsed: Parsed): Promise<number> {
  const cluster = await connect(parsed.text('addr'));
  const load: Load = {
    concurrency: count(parsed, 'concurrency', 8),
    requests: count(parsed, 'requests', 32),
    tokens: count(parsed, 'tokens', 64),
    model: parsed.text('model'),
    prompt: parsed.text('prompt') ?? 'Write a long story about the sea.',
  };
  const result = await measure(cluster, load);
  if (parsed.flag('json')) process.stdout.write(`${JSON.stringify(result)}\n`);
  else
    process.stdout.write(
      `${table([
        ['questions', `${result.answered} answered, ${result.failed} failed, ${load.concurrency} at once`],
        ['time', `${result.seconds.toFixed(1)} s`],
        [
          'throughput',
          `${result.tokensPerSecond.toFixed(1)} tok/s, ${result.requestsPerSecond.toFixed(1)} answers/s`,
        ],
        ['first token', spread(result.firstTokenMs)],
        ['whole answer', spread(result.answerMs)],
        ...(result.error === undefined ? [] : [['first error', result.error]]),
      ])}\n`,
    );
  return result.failed === 0 ? EXIT.ok : EXIT.failure;
}

function count(parsed: Parsed, name: string, otherwise: number): number {
  const given = parsed.number(name) ?? otherwise;
  if (!Number.isInteger(given) || given < 1) throw new UsageError(`--${name} ${given}: not a number from 1`);
  return given;
}

interface Spread {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

const spread = ({ p50, p95, p99 }: Spread): string =>
  `${p50.toFixed(0)} ms median, ${p95.toFixed(0)} ms p95, ${p99.toFixed(0)} ms p99`;

function spreadOf(values: number[]): Spread {
  values.sort((a, b) => a - b);
  const at = (share: number): number =>
    values[Math.min(values.length - 1, Math.floor(share * values.length))] ?? 0;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

export interface BenchResult {
  readonly answered: number;
  readonly failed: number;
  readonly error: string | undefined;
  readonly seconds: number;
  readonly tokens: number;
  readonly tokensPerSecond: number;
  readonly requestsPerSecond: number;
  readonly firstTokenMs: Spread;
  readonly answerMs: Spread;
}

/** Asks `requests` questions, `concurrency` at once; each has its own seed, so that no two answers are one. */
export async function measure(cluster: ClusterClient, load: Load): Promise<BenchResult> {
  const progress = new Progress('bench');
  const first: number[] = [];
  const whole: number[] = [];
  let next = 0;
  let tokens = 0;
  let failed = 0;
  let error: string | undefined;
  const begun = performance.now();
  const client = async (): Promise<void> => {
    while (next < load.requests) {
      const seed = ++next;
      const asked = performance.now();
      let firstAt: number | undefined;
      try {
        const end = await cluster.chat(
          {
            messages: [{ role: 'user', content: load.prompt }],
            model: load.model,
            max_tokens: load.tokens,
            ignore_eos: true,
            seed,
          },
          () => {
            firstAt ??= performance.now();
          },
        );
        tokens += end.completionTokens;
        first.push((firstAt ?? performance.now()) - asked);
        whole.push(performance.now() - asked);
      } catch (problem) {
        failed++;
        error ??= (problem as Error).message;
      }
      progress.at(whole.length + failed, load.requests);
    }
  };
  await Promise.all(Array.from({ length: Math.min(load.concurrency, load.requests) }, client));
  progress.end();
  const seconds = (performance.now() - begun) / 1000;
  return {
    answered: whole.length,
    failed,
    error,
    seconds,
    tokens,
    tokensPerSecond: tokens / seconds,
    requestsPerSecond: whole.length / seconds,
    firstTokenMs: spreadOf(first),
    answerMs: spreadOf(whole),
  };
}
