import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalHost } from '../cluster/hosts/local.ts';
import { Orchestrator } from '../cluster/orchestrator.ts';
import { clusterToken, readUsers, serveFiles } from '../cluster/serve.ts';
import { JournalStore, MemoryStore } from '../cluster/store/index.ts';
import type { Config } from '../config/schema.ts';
import { configError, LlamboError } from '../errors.ts';
import { startGateway } from '../gateway/server.ts';
import { homeFolder } from '../home.ts';
import { type Certificate, readCertificate } from '../host/proof.ts';
import { KeyStore } from '../keys/index.ts';
import { clearRunning, writeRunning } from './state.ts';

/** A cluster that this process heads: orchestrator and gateway here, nodes in a host process beside it. */
export interface Running {
  readonly orchestrator: Orchestrator;
  readonly url: string;
  /** Dial string of its files, on this machine. */
  readonly styx: string;
  /** For other machines, where the configuration has one. */
  readonly remoteStyx: string | undefined;
  /** Settles when somebody has asked it to end, by its ctl file or over HTTP. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/** How long nodes may take to come, milliseconds: their engine has to load the model. */
const READY_MS = 5 * 60_000;

/** What of a host's words is worth an event; the rest is told by its own events. */
const TROUBLE = /cannot|refuse|fail|error|lost|killed/i;

/**
 * @param register makes it this home's cluster: the other commands find it, its state outlives it
 * @throws LlamboError, ModelStoreError, StyxError
 */
export async function startCluster(
  config: Config,
  { register = false }: { register?: boolean } = {},
): Promise<Running> {
  const state = homeFolder('state');
  const temporary = register ? undefined : mkdtempSync(join(tmpdir(), 'llambo-'));
  const sockets = temporary ?? state;
  const token = config.listen.styx === undefined ? undefined : clusterToken(state);
  const files = config.listen.styx_tls;
  const certificate = files === undefined ? undefined : certificateOf(files);
  let shutdown: () => void = () => {};
  const ended = new Promise<void>((resolve) => {
    shutdown = resolve;
  });
  const closers: (() => unknown)[] = [];
  let trouble: string | undefined;
  const stop = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    if (temporary !== undefined) closers.push(() => rmSync(temporary, { recursive: true, force: true }));
    const orchestrator = await Orchestrator.create(config, {
      store: register ? new JournalStore(join(state, 'journal')) : new MemoryStore(),
      shutdown,
      ...(token === undefined ? {} : { token }),
      certificate,
    });
    const local = `unix!${join(sockets, 'llambo.sock')}`;
    const doors = await serveFiles(orchestrator, {
      local,
      remote: config.listen.styx,
      token,
      certificate,
      users: readUsers(state),
    });
    closers.push(() => doors.close());
    const gateway = await startGateway(orchestrator, config.listen.http, {
      keys: new KeyStore(),
      ...(register ? { spool: join(state, 'streams') } : {}),
      ...(config.listen.tls === undefined ? {} : { tls: config.listen.tls }),
      ...(config.listen.origins === undefined ? {} : { origins: config.listen.origins }),
    });
    closers.push(() => gateway.close());
    if (!config.host.local) closers.push(() => orchestrator.stop());
    else {
      const host = new LocalHost({
        name: 'local',
        listen: `unix!${join(sockets, 'host.sock')}`,
        join: local,
        kind: config.engine.kind,
        threads: config.host.threads,
        engineThreads: config.engine.threads,
        token,
        log: (line) => {
          if (!TROUBLE.test(line)) return;
          trouble = line;
          orchestrator.events.add(`host local: ${line}`);
        },
      });
      closers.push(() => host.stop());
      // It is asked to end first, and made to afterwards.
      closers.push(() => orchestrator.stop());
      await host.start();
      await orchestrator.serving(READY_MS);
    }
    if (register) {
      writeRunning({
        pid: process.pid,
        url: gateway.url,
        styx: doors.local,
        startedAt: orchestrator.startedAt,
      });
      closers.push(() => clearRunning(process.pid));
    }
    return { orchestrator, url: gateway.url, styx: doors.local, remoteStyx: doors.remote, ended, stop };
  } catch (error) {
    await stop();
    // Nodes that never came have a reason, which only their host knows.
    if (error instanceof LlamboError && trouble !== undefined)
      throw new LlamboError(error.code, `${error.message}; the host said: ${trouble}`, { cause: error });
    if (error instanceof Error) throw error;
    throw new LlamboError('internal', String(error));
  }
}

/** @throws LlamboError `config` */
function certificateOf(files: Certificate): Certificate {
  try {
    return readCertificate(files);
  } catch (error) {
    throw configError(`listen.styx_tls: ${(error as Error).message}`);
  }
}
