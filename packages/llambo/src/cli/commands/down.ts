import { parseArgs } from 'node:util';
import { LlamboError } from '../../errors.ts';
import { clearRunning, isAlive, readRunning } from '../state.ts';

export const summary = 'end the cluster that this home has running';
export const usage = 'llamboctl down';

/** Milliseconds that it is given to end by itself. */
const PATIENCE_MS = 10_000;

export async function run(args: readonly string[]): Promise<number> {
  parseArgs({ args: [...args], options: {} });
  const running = readRunning();
  if (running === undefined) throw new LlamboError('unreachable', 'no cluster is running');
  process.kill(running.pid, 'SIGTERM');
  const deadline = performance.now() + PATIENCE_MS;
  while (isAlive(running.pid) && performance.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 50));
  if (isAlive(running.pid)) {
    process.kill(running.pid, 'SIGKILL');
    process.stdout.write(`cluster ${running.pid} did not end by itself and was killed\n`);
  } else {
    process.stdout.write(`cluster ${running.pid} has ended\n`);
  }
  clearRunning(running.pid);
  return 0;
}
