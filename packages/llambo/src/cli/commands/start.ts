import { loadConfig } from '../../config/load.ts';
import { Bot } from '../../limbot/bot.ts';
import { chat } from '../../limbot/chat.ts';
import { History } from '../../limbot/history.ts';
import { loadSettings } from '../../limbot/settings-file.ts';
import { connect } from '../client/connect.ts';
import { startCluster } from '../cluster.ts';
import { readRunning } from '../state.ts';
import { ask } from './limbot.ts';
import { describe, run as up } from './up.ts';

export async function run(args: readonly string[]): Promise<number> {
  const prompt = args.join(' ').trim();
  const interactive = process.stdin.isTTY === true && process.stdout.isTTY === true;
  if (prompt === '' && !interactive) return up([]);
  const running = readRunning();
  const config = running === undefined ? loadConfig() : undefined;
  // A cluster for one conversation takes any free port, so that it is in nobody's way.
  const own =
    config && (await startCluster({ ...config, listen: { ...config.listen, http: '127.0.0.1:0' } }));
  const cluster = await connect(running?.url ?? own?.url);
  const history = History.open();
  const settings = loadSettings();
  try {
    if (prompt !== '') return await ask(cluster, settings, history, undefined, prompt);
    if (own !== undefined) process.stdout.write(`${describe(own)}\n`);
    return await chat({ bot: new Bot(cluster, settings, history), history });
  } finally {
    await own?.stop();
  }
}
