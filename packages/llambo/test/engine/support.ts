import { connect } from '@llambo/styx/node';
import { type LaunchedEngine, type LaunchOptions, launchEngine } from '../../src/engine/launch.ts';
import { NodeEngine } from '../../src/wire/node-engine.ts';
import { sessionData } from '../../src/wire/session.ts';

export interface Reached {
  readonly process: LaunchedEngine;
  /** As caller `test`. */
  readonly engine: NodeEngine;
  /** As somebody else. */
  as(uname: string, aname?: string): Promise<NodeEngine>;
  read(path: string): Promise<string>;
  close(): Promise<void>;
}

/** An engine process and a connection to it. */
export async function reach(options: LaunchOptions): Promise<Reached> {
  const process = await launchEngine(options);
  const client = await connect(process.address);
  const as = async (uname: string, aname = ''): Promise<NodeEngine> => {
    const root = await client.attach({ uname, aname });
    return new NodeEngine(sessionData(() => root));
  };
  return {
    process,
    engine: await as('test'),
    as,
    async read(path) {
      const root = await client.attach({ uname: 'test' });
      const { file } = await root.walk(path.split('/'));
      if (file === undefined) throw new Error(`no ${path}`);
      await file.open(0);
      const bytes = await file.read(0, 8192);
      await file.clunk();
      return Buffer.from(bytes).toString();
    },
    async close() {
      client.close();
      await process.close();
    },
  };
}
