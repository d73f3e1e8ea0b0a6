/** The host of the gateway bench, in a process of its own as hosts are: nodes are Dis machines, the engine echoes. */
import { EchoEngine } from '@llambo/llama';
import { engineServer } from '../../packages/llambo/src/engine/server.ts';
import { startHost } from '../../packages/llambo/src/host/index.ts';

const [listen, tokenMs, capacity] = [
  process.argv[2] as string,
  Number(process.argv[3]),
  Number(process.argv[4]),
];
const host = await startHost({
  name: 'bench',
  listen,
  threads: 0,
  engine: { kind: 'echo' },
  launch: async ({ name }) => {
    const engine = new EchoEngine({ name, tokenMs, sequences: capacity, queue: capacity });
    return { target: engineServer(engine), close: () => engine.close() };
  },
});
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.(user + system);
});
process.on('disconnect', () => process.exit(0));
process.send?.(host.address);
