import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, readdirSync, readFileSync, statfsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { defaultModel, ModelStore } from '@llambo/llama';
import { loadConfig } from '../../config/load.ts';
import type { Config } from '../../config/schema.ts';
import { formatBytes } from '../../config/units.ts';
import { llamboHome } from '../../home.ts';
import { fetchStatus } from '../client/health.ts';
import { readRunning } from '../state.ts';
import { bad, type Check, ok, warn } from './check.ts';

export function home(folder: string = llamboHome()): Check {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch (error) {
    return bad(
      'home',
      `${folder}: ${(error as Error).message}`,
      'set LLAMBO_HOME to a folder that you may write',
    );
  }
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  const found = `${folder}, ${formatBytes(free)} free`;
  return free < 512 * 1024 ** 2
    ? warn('home', found, 'models need room: the small one 98 MB and as much again while it comes')
    : ok('home', found);
}

export function config(): [Check, Config | undefined] {
  const name = existsSync('llambo.yaml') ? 'llambo.yaml' : 'built-in defaults';
  try {
    return [ok('configuration', name), loadConfig()];
  } catch (error) {
    return [bad('configuration', (error as Error).message, 'llamboctl config edit'), undefined];
  }
}

export async function models(config: Config | undefined): Promise<Check[]> {
  const wanted = new Set(Object.values(config?.classes ?? {}).map(({ model }) => model));
  if (wanted.size === 0) wanted.add(defaultModel);
  if (config?.engine.kind === 'echo') return [ok('models', 'none needed: engine.kind is echo')];
  const listed = await new ModelStore().list();
  return [...wanted].map((name) => {
    const model = listed.find((each) => each.name === name);
    if (model?.state === 'installed') return ok(`model ${name}`, formatBytes(model.size));
    if (existsSync(name)) return ok(`model ${name}`, 'a file');
    return warn(
      `model ${name}`,
      model?.state ?? 'not here',
      `llamboctl pull ${name}, or the first start fetches it`,
    );
  });
}

/** Pip brings models where the hub can't be reached. */
export function python(): Check {
  for (const name of [process.env['LLAMBO_PYTHON'], 'python3', 'python']) {
    if (!name) continue;
    const { status, stdout } = spawnSync(name, ['-m', 'pip', '--version'], {
      encoding: 'utf8',
      timeout: 10_000,
    });
    if (status === 0) return ok('pip', stdout.split(' from ')[0]?.trim() ?? name);
  }
  return warn(
    'pip',
    'not found',
    'only needed where huggingface.co cannot be reached: install Python with pip',
  );
}

/** The packages with llama.cpp in them, and whether a GPU is there for one that is missing. */
export function libraries(): Check[] {
  const system = { darwin: 'mac', win32: 'win' }[process.platform as string] ?? process.platform;
  const folder = packagesFolder();
  const found =
    folder === undefined
      ? []
      : readdirSync(folder).filter((name) => name.startsWith(`${system}-${process.arch}`));
  const [first] = found;
  if (folder === undefined || first === undefined)
    return [bad('llama.cpp', 'no prebuilt library is installed', 'npm install, without --omit=optional')];
  const { version } = JSON.parse(readFileSync(join(folder, first, 'package.json'), 'utf8')) as {
    version: string;
  };
  const checks = [ok('llama.cpp', `${found.join(', ')} ${version}`)];
  const nvidia = existsSync('/proc/driver/nvidia/version') || existsSync('/dev/nvidia0');
  const dri = existsSync('/dev/dri/renderD128');
  const has = (kind: string): boolean => found.some((name) => name.includes(kind));
  const install = (kind: string): string =>
    `npm install @node-llama-cpp/${system}-${process.arch}-${kind}@${version}`;
  if (system === 'mac') checks.push(ok('GPU', has('metal') ? 'Metal' : 'none: the processor answers'));
  else if (nvidia && !has('cuda')) checks.push(warn('GPU', 'NVIDIA, unused', install('cuda')));
  else if (dri && !nvidia && !has('vulkan')) checks.push(warn('GPU', '/dev/dri, unused', install('vulkan')));
  else checks.push(ok('GPU', nvidia ? 'NVIDIA' : dri ? '/dev/dri' : 'none: the processor answers'));
  return checks;
}

/** Where npm has put the prebuilt libraries: beside us, or in a folder above. */
function packagesFolder(): string | undefined {
  for (let folder = import.meta.dirname; ; folder = join(folder, '..')) {
    const packages = join(folder, 'node_modules', '@node-llama-cpp');
    if (existsSync(packages)) return packages;
    if (folder === join(folder, '..')) return undefined;
  }
}

export async function ports(config: Config | undefined): Promise<Check[]> {
  const http = config?.listen.http ?? '127.0.0.1:8640';
  const running = readRunning();
  if (running?.url.endsWith(http.slice(http.lastIndexOf(':')))) return [ok('port', `${http}: our cluster`)];
  const problem = await tryListen(http);
  return [
    problem === undefined
      ? ok('port', `${http} is free`)
      : bad('port', `${http}: ${problem}`, 'end what listens there, or set listen.http in llambo.yaml'),
  ];
}

function tryListen(address: string): Promise<string | undefined> {
  const colon = address.lastIndexOf(':');
  return new Promise((resolve) => {
    const server = createServer();
    server.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen(
      { host: address.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(address.slice(colon + 1)) },
      () => server.close(() => resolve(undefined)),
    );
  });
}

export async function running(): Promise<Check> {
  const cluster = readRunning();
  if (cluster === undefined) return ok('cluster', 'none is running in this home');
  try {
    const { health, nodes } = await fetchStatus(cluster.url);
    const found = `${cluster.url}: ${nodes} nodes, ${health}`;
    return health === 'healthy' ? ok('cluster', found) : warn('cluster', found, 'llamboctl health says more');
  } catch (error) {
    return bad('cluster', (error as Error).message, 'llamboctl down, then llamboctl up');
  }
}
