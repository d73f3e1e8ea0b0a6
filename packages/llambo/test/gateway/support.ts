import OpenAI from 'openai';
import type { Orchestrator } from '../../src/index.ts';
import { type Gateway, startGateway } from '../../src/index.ts';

export interface Served {
  readonly url: string;
  readonly client: OpenAI;
  readonly gateway: Gateway;
  post(path: string, body: unknown): Promise<Response>;
}

export async function serve(orchestrator: Orchestrator): Promise<Served> {
  const gateway = await startGateway(orchestrator, '127.0.0.1:0');
  const { url } = gateway;
  return {
    url,
    gateway,
    client: new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none', maxRetries: 0 }),
    post: (path, body) =>
      fetch(url + path, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) }),
  };
}
