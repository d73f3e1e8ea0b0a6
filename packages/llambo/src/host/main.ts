/**
 * The host process: `node main.js name=... listen=... [join=... threads=... memory=... cpus=... kind=... engine_threads=...
 * orphan=SECONDS address=... cert=FILE key=FILE ca=FILE]`. The cluster's token is in the environment, as LLAMBO_TOKEN. Says `ready ADDRESS` on standard
 * output when it listens, on standard error what happens. SIGTERM ends it, its threads and its engines; so does the end of
 * its orchestrator, after `orphan` seconds. Exit status 1 when it cannot start, or the orchestrator refuses it.
 */
import { availableParallelism, hostname, networkInterfaces, totalmem } from 'node:os';
import { formatAddress, parseAddress } from '@llambo/styx';
import { attributesOf, numberOf, textOf } from '../attributes.ts';
import { startHost } from './host.ts';
import { type Joined, join } from './join.ts';
import { HostModels } from './models.ts';
import { readCertificate } from './proof.ts';

const NAMES = 'name listen join threads memory cpus kind engine_threads orphan address cert key ca';

async function main(): Promise<void> {
  const a = attributesOf(process.argv.slice(2));
  const unknown = a.words[0] ?? [...a.values.keys()].find((name) => !NAMES.split(' ').includes(name));
  if (unknown !== undefined)
    throw new Error(`unknown argument ${unknown}: expected ${NAMES.replaceAll(' ', '=, ')}=`);
  const optional = (name: string, least: number): number | undefined =>
    a.values.has(name) ? numberOf(a, name, undefined, least) : undefined;
  const log = (text: string): void => void process.stderr.write(`${text}\n`);
  const token = process.env['LLAMBO_TOKEN'] || undefined;
  const kind = textOf(a, 'kind', 'llama');
  if (kind !== 'llama' && kind !== 'echo') throw new Error(`kind=${kind}: expected llama or echo`);
  const engineThreads = optional('engine_threads', 1);
  const cpus = numberOf(a, 'cpus', availableParallelism(), 0.1);
  const memory = numberOf(a, 'memory', totalmem(), 1 << 20);
  const orchestrator = a.values.get('join');
  const orphan = optional('orphan', 0.1);

  const listen = textOf(a, 'listen');
  const certificate =
    a.values.has('cert') || a.values.has('key') || a.values.has('ca')
      ? readCertificate({ cert: textOf(a, 'cert'), key: textOf(a, 'key'), ca: textOf(a, 'ca') })
      : undefined;
  if (token === undefined && isOpen(listen) && (certificate === undefined || !listen.startsWith('tls!')))
    throw new Error(
      `refusing to listen on ${listen}, where others can reach it, without a token: set LLAMBO_TOKEN to the cluster's, or listen at tls! with a certificate`,
    );

  let joined: Joined | undefined;
  const models = new HostModels(() => joined?.root, log);
  const host = await startHost({
    name: textOf(a, 'name', hostname()),
    listen,
    threads: numberOf(a, 'threads', availableParallelism(), 0, 256),
    cpus,
    memory,
    engine: { kind, ...(engineThreads === undefined ? {} : { threads: engineThreads }) },
    ...(kind === 'llama' ? { findModel: (name: string) => models.find(name) } : {}),
    log,
    closed: () => process.exit(process.exitCode ?? 0),
    ...(token === undefined ? {} : { token }),
    ...(certificate === undefined ? {} : { certificate }),
  });

  const end = (): void => {
    joined?.close();
    void host.close();
  };
  process.on('SIGTERM', end);
  // A signal to the process group (Ctrl-C) is for whoever started this process to act on.
  process.on('SIGINT', orchestrator === undefined ? end : () => {});
  process.stdout.on('error', () => {});
  process.stderr.on('error', () => {});
  process.title = `llambo-host ${host.name}`;

  if (orchestrator !== undefined) {
    joined = join({
      orchestrator,
      announce: async () => ({
        name: host.name,
        address: a.values.get('address') ?? reachable(host.address),
        cpus,
        memory,
        models: kind === 'llama' ? await models.installed() : [],
      }),
      log,
      ...(token === undefined ? {} : { token }),
      ...(certificate === undefined ? {} : { certificate }),
      ...(orphan === undefined ? {} : { orphan }),
      orphaned: () => {
        log(`no orchestrator for ${orphan} seconds`);
        end();
      },
    });
    joined.first.catch((error: Error) => {
      log(`the orchestrator refuses this host: ${error.message}`);
      process.exitCode = 1;
      end();
    });
  }
  process.stdout.write(`ready ${host.address}\n`);
}

/** Whether other machines can reach the address. */
function isOpen(address: string): boolean {
  const { net, host } = parseAddress(address);
  return net !== 'unix' && host !== 'localhost' && host !== '::1' && !/^127\./.test(host);
}

/** A dial string that others can use: `*` stands for every address that this machine has. */
function reachable(address: string): string {
  const parsed = parseAddress(address);
  if (parsed.host !== '*' && parsed.host !== '0.0.0.0' && parsed.host !== '::') return address;
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const own = all.find(({ internal, family }) => !internal && family === 'IPv4');
  return formatAddress({ ...parsed, host: own?.address ?? '127.0.0.1' });
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`, () => process.exit(1));
});
