/** A worker thread of the host: runs nodes, and serves their files at an address of its own. */
import { parentPort, workerData } from 'node:worker_threads';
import { serveOn } from '@llambo/styx/node';
import { WorkerPool } from './pool.ts';
import { demand } from './proof.ts';
import { clearSocket } from './socket.ts';
import type { Order, Orders, Report, ThreadData } from './thread-messages.ts';

const data = workerData as ThreadData;
const { sysname, listen, program } = data;
const report = (message: Report): void => parentPort?.postMessage(message);

const pool = new WorkerPool(
  sysname,
  {
    changed: (id, why) => report({ kind: 'changed', id, why }),
    log: (text) => report({ kind: 'log', text }),
  },
  program,
);
await clearSocket(listen);
const serving = await serveOn(listen, pool.fileServer(), demand(listen, data));

const orders: Orders = {
  spawn: (specs, paths) => pool.spawn(specs, paths),
  stop: async (ids) => pool.stop(ids),
  drain: (id, draining) => pool.drain(id, draining),
  setEngine: async (model, target) => pool.setEngine(model, target),
  info: async () => pool.info(),
  usage: async () => pool.usage(),
  busy: async () => pool.busy,
  async close() {
    await serving.close(0);
    pool.close();
  },
};

parentPort?.on('message', ({ serial, name, args }: Order) => {
  const run = orders[name] as (...args: readonly unknown[]) => Promise<unknown>;
  run(...args).then(
    (value) => {
      report({ kind: 'done', serial, value, error: undefined });
      if (name === 'close') parentPort?.close();
    },
    (error: Error) => report({ kind: 'done', serial, value: undefined, error: error.message }),
  );
});
report({ kind: 'ready', address: serving.address });
