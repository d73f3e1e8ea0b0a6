import { noCluster } from '../errors.ts';
import { clearRunning, isAlive, readRunning } from '../state.ts';

/** Milliseconds that it is given to end by itself. */
const PATIENCE_MS = 10_000;

export async function run(): Promise<number> {
  const running = readRunning();
  if (running === undefined) throw noCluster();
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
