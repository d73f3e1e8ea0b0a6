/** One client's stream over HTTP, with what it saw. */
import { Agent, request } from 'node:http';

export interface Stream {
  text: string;
  error: string | undefined;
  attempts: number;
  /** Longest silence between two chunks, milliseconds. */
  gap: number;
}

const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });

interface StreamEvent {
  readonly choices?: readonly { delta: { content?: string }; finish_reason: string | null }[];
  readonly llambo?: { readonly attempts?: number };
  readonly error?: { readonly message: string };
}

/** Settles when the stream has ended, however it did. */
export function follow(url: string, body: Readonly<Record<string, unknown>>): Promise<Stream> {
  return new Promise((resolve) => {
    const stream: Stream = { text: '', error: undefined, attempts: 0, gap: 0 };
    let last = 0;
    let rest = '';
    let finished = false;
    const end = (why?: string): void => {
      stream.error ??= why ?? (finished ? undefined : 'ended without a finish');
      resolve(stream);
    };
    const take = (event: StreamEvent): void => {
      const [choice] = event.choices ?? [];
      stream.text += choice?.delta.content ?? '';
      stream.attempts = event.llambo?.attempts ?? stream.attempts;
      if (choice?.finish_reason) finished = true;
      if (event.error !== undefined) stream.error = event.error.message;
    };
    const posted = request(
      `${url}/v1/chat/completions`,
      { method: 'POST', agent, headers: { 'content-type': 'application/json' } },
      (response) => {
        response.setEncoding('utf8');
        response.on('data', (data: string) => {
          const now = performance.now();
          if (last > 0) stream.gap = Math.max(stream.gap, now - last);
          last = now;
          const lines = (rest + data).split('\n');
          rest = lines.pop() ?? '';
          for (const line of lines) if (line.startsWith('data: {')) take(JSON.parse(line.slice(6)));
        });
        response.on('end', () =>
          end(response.statusCode === 200 ? undefined : `${response.statusCode} ${rest}`),
        );
        response.on('error', (error) => end(error.message));
      },
    );
    posted.on('error', (error) => end(error.message));
    posted.end(JSON.stringify({ ...body, stream: true }));
  });
}
