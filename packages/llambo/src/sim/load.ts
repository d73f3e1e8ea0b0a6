import { request } from 'node:http';

/** What one streamed answer of a real cluster took, in milliseconds since it was asked for. */
export interface Answered {
  readonly promptTokens: number;
  readonly tokens: number;
  readonly firstMs: number;
  readonly totalMs: number;
  /** When its pieces came, on the clock of `performance.now()`. */
  readonly pieces: readonly number[];
}

export interface Question {
  /** About so many tokens, no two alike. */
  readonly prompt: number;
  /** Exactly so many, whatever the model would like. */
  readonly tokens: number;
}

let asked = 0;

/** Words of one token each, behind a number that keeps prompts apart, so that no cache helps. */
const textOf = (tokens: number): string => `${++asked * 7919} ${'the sea '.repeat(Math.ceil(tokens / 2))}`;

/** Asks the cluster at `url` for a completion. @throws Error with the cluster's words when it refuses */
export function ask(url: string, { prompt, tokens }: Question): Promise<Answered> {
  const body = JSON.stringify({
    prompt: textOf(prompt),
    max_tokens: tokens,
    ignore_eos: true,
    temperature: 0,
    cache_prompt: false,
    stream: true,
    stream_options: { include_usage: true },
  });
  const begun = performance.now();
  return new Promise((resolve, reject) => {
    const posted = request(
      `${url}/v1/completions`,
      { method: 'POST', headers: { 'content-type': 'application/json' } },
      (response) => {
        const pieces: number[] = [];
        let rest = '';
        let usage = '';
        response.setEncoding('utf8');
        response.on('data', (data: string) => {
          rest += data;
          const lines = rest.split('\n');
          rest = lines.pop() ?? '';
          for (const line of lines) {
            if (!line.startsWith('data: ')) continue;
            if (line.includes('"completion_tokens"')) usage = line;
            else if (line.includes('"choices"') && !/"finish_reason":"/.test(line))
              pieces.push(performance.now());
          }
        });
        response.on('error', reject);
        response.on('end', () => {
          const number = (name: string): number =>
            Number(new RegExp(`"${name}":(\\d+)`).exec(usage)?.[1] ?? 0);
          const made = number('completion_tokens');
          if (response.statusCode !== 200 || made === 0) {
            return reject(new Error(`cluster answered ${response.statusCode}: ${rest.slice(0, 200)}`));
          }
          resolve({
            promptTokens: number('prompt_tokens'),
            tokens: made,
            firstMs: (pieces[0] ?? performance.now()) - begun,
            totalMs: performance.now() - begun,
            pieces,
          });
        });
      },
    );
    posted.on('error', reject);
    posted.end(body);
  });
}
