import { loadConfig } from '../../config/load.ts';
import { startCluster } from '../cluster.ts';
import { readRunning } from '../state.ts';
import { ask, converse } from './limbot.ts';
import { describe, run as up } from './up.ts';

export const summary = 'start a cluster and chat with it, or ask one question';
export const usage = `llamboctl start [PROMPT ...]

With a prompt: one answer. In a terminal without one: a conversation. Otherwise: like llamboctl up.
Uses the cluster that is running, and starts one for the time of the conversation if there is none.`;

export async function run(args: readonly string[]): Promise<number> {
  const prompt = args.join(' ').trim();
  const interactive = process.stdin.isTTY === true && process.stdout.isTTY === true;
  if (prompt === '' && !interactive) return up([]);
  const running = readRunning();
  const config = running === undefined ? loadConfig() : undefined;
  // A cluster for one conversation takes any free port, so that it is in nobody's way.
  const own =
    config && (await startCluster({ ...config, listen: { ...config.listen, http: '127.0.0.1:0' } }));
  const url = running?.url ?? (own?.url as string);
  try {
    if (prompt !== '') return (await ask({ url }, prompt)) ? 0 : 1;
    if (own !== undefined) process.stdout.write(`${describe(own)}\n`);
    return await converse({ url });
  } finally {
    await own?.stop();
  }
}
