/** When no cluster answers: offers to start one. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline/promises';
import type { Bot } from '../limbot/bot.ts';
import type { ClusterClient } from './client/client.ts';
import { connect } from './client/connect.ts';

type Ask = (question: string) => Promise<string>;

const QUESTION = 'Start one now, in the background? [Y/n] ';

/** The cluster; undefined when there is none, and none is wanted. */
export async function connectOrStart(address: string | undefined): Promise<ClusterClient | undefined> {
  try {
    const cluster = await connect(address);
    await cluster.models();
    return cluster;
  } catch (error) {
    if ((error as { code?: string }).code !== 'unreachable') throw error;
    process.stdout.write(`${(error as Error).message}\n`);
    if (!mayStart(address)) return undefined;
    const terminal = createInterface({ input: process.stdin, output: process.stdout });
    const answer = await terminal.question(QUESTION).catch(() => 'n');
    terminal.close();
    return (await started(answer)) ? connect(address) : undefined;
  }
}

/** For a conversation that has lost its cluster. */
export const reviver =
  (address: string | undefined, bot: Bot) =>
  async (ask: Ask): Promise<boolean> => {
    if (!mayStart(address) || !(await started(await ask(QUESTION)))) return false;
    bot.reconnect(await connect(address));
    return true;
  };

/** A cluster somewhere else is not ours to start. */
const mayStart = (address: string | undefined): boolean =>
  address === undefined && !process.env['LLAMBO_ADDR'];

function started(answer: string): Promise<boolean> {
  if (!/^(y|yes|)$/i.test(answer.trim())) return Promise.resolve(false);
  const args = [...process.execArgv, process.argv[1] as string, 'up', '-d'];
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] });
    child.on('error', () => resolve(false));
    child.on('exit', (code) => resolve(code === 0));
  });
}
