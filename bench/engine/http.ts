/** Chats by the OpenAI endpoint, streamed, as a client that only counts. */
import { request } from 'node:http';
import type { GenerateRequest } from '@llambo/llama';

/** Asks one chat; the number of tokens that its usage reports. */
export function streamed(url: string, { messages, maxTokens }: GenerateRequest): Promise<number> {
  return new Promise((resolve, reject) => {
    const posted = request(
      `${url}/v1/chat/completions`,
      { method: 'POST', headers: { 'content-type': 'application/json' } },
      (response) => {
        let tail = '';
        response.on('data', (data: Buffer) => {
          tail = (tail + data.toString('latin1')).slice(-600);
        });
        response.on('end', () => resolve(Number(/"completion_tokens":(\d+)/.exec(tail)?.[1] ?? 0)));
      },
    );
    posted.on('error', reject);
    posted.end(
      JSON.stringify({
        messages,
        max_tokens: maxTokens,
        ignore_eos: true,
        temperature: 0,
        cache_prompt: false,
        stream: true,
        stream_options: { include_usage: true },
      }),
    );
  });
}

/** Asks all at once; tokens that came, and how long it took in milliseconds. */
export async function askAll(
  url: string,
  requests: readonly GenerateRequest[],
): Promise<{ tokens: number; ms: number }> {
  const started = performance.now();
  const counts = await Promise.all(requests.map((each) => streamed(url, each)));
  return { tokens: counts.reduce((sum, count) => sum + count, 0), ms: performance.now() - started };
}
