/** A host for bench/chaos.ts: node host.ts NAME LISTEN JOIN TOKEN_MS; its engines are processes that can be killed. */
import { launchEngine } from '../../packages/llambo/src/engine/launch.ts';
import { startHost } from '../../packages/llambo/src/host/index.ts';
import { join } from '../../packages/llambo/src/host/join.ts';

const [name = '', listen = '', orchestrator = '', tokenMs = '20'] = process.argv.slice(2);
const host = await startHost({
  name,
  listen,
  threads: 1,
  engine: { kind: 'echo' },
  launch: async (options, exited) => {
    const engine = await launchEngine({ ...options, tokenMs: Number(tokenMs), exited });
    return { target: engine.address, pid: engine.pid, close: () => engine.close() };
  },
  closed: () => process.exit(0),
});
const joined = join({
  orchestrator,
  announce: () => ({ name, address: host.address, cpus: 1, memory: 1e9, models: [] }),
});
process.on('SIGTERM', () => {
  joined.close();
  void host.close();
});
// Whoever started this process holds its standard input: without that one there is nothing to serve.
process.stdin.on('end', () => process.exit(0)).resume();
