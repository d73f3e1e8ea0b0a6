/** A host in the orchestrator's own process. Its engines are processes still, but for the echo engine. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../config/schema.ts';
import type { Host, LaunchEngine } from '../host/index.ts';

export async function embeddedHost(config: Config, launch?: LaunchEngine): Promise<Host> {
  const { startHost } = await import('../host/index.ts'); // compilers and machines are only loaded where they run
  const folder = mkdtempSync(join(tmpdir(), 'llambo-'));
  const { kind, threads } = config.engine;
  try {
    return await startHost({
      name: 'local',
      listen: `unix!${join(folder, 'host')}`,
      threads: 0,
      engine: { kind, ...(threads === undefined ? {} : { threads }) },
      ...(launch === undefined ? {} : { launch }),
    });
  } finally {
    rmSync(folder, { recursive: true, force: true }); // a host that is mounted here needs no address
  }
}
