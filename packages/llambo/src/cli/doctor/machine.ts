import { readFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, freemem, platform, totalmem } from 'node:os';
import { formatBytes } from '../../config/units.ts';
import { bad, type Check, ok, warn } from './check.ts';

const GIGA = 1024 ** 3;

export function node(version: string = process.versions.node): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return ok('node', version);
  return bad('node', version, 'install Node 20.19 or newer');
}

/** What llama.cpp is fast with, on each kind of processor. */
const WANTED: Readonly<Record<string, readonly string[]>> = {
  x64: ['avx', 'avx2', 'fma', 'f16c', 'avx512f', 'avx512_vnni', 'amx_int8'],
  arm64: ['asimd', 'asimddp', 'i8mm', 'sve'],
};
/** What a fast answer needs at least. */
const NEEDED: Readonly<Record<string, readonly string[]>> = { x64: ['avx2', 'fma'], arm64: ['asimd'] };

export function processor(cpuinfo: string = read('/proc/cpuinfo'), architecture: string = arch()): Check {
  const model = cpus()[0]?.model.trim() ?? architecture;
  const cores = availableParallelism();
  const flags = new Set(/^(?:flags|Features)\s*:\s*(.*)$/m.exec(cpuinfo)?.[1]?.split(/\s+/) ?? []);
  const has = (WANTED[architecture] ?? []).filter((flag) => flags.has(flag));
  const found = `${model}, ${cores} cores${has.length > 0 ? `, ${has.join(' ')}` : ''}`;
  if (flags.size === 0) return ok('processor', found); // not Linux: llama.cpp picks its variant by itself
  const missing = (NEEDED[architecture] ?? []).filter((flag) => !flags.has(flag));
  if (missing.length === 0) return ok('processor', found);
  return warn(
    'processor',
    `${found}; no ${missing.join(', ')}`,
    'answers will be slow; a newer processor helps',
  );
}

/** Of the machine, or of the container when that has less: https://docs.kernel.org/admin-guide/cgroup-v2.html */
export function memory(limitText: string = read('/sys/fs/cgroup/memory.max')): Check {
  const limit = Number(limitText.trim() || Number.NaN);
  const total = Number.isFinite(limit) && limit > 0 ? Math.min(limit, totalmem()) : totalmem();
  const available = /^MemAvailable:\s+(\d+) kB/m.exec(read('/proc/meminfo'))?.[1];
  const free = Math.min(total, available === undefined ? freemem() : Number(available) * 1024);
  const found = `${formatBytes(free)} free of ${formatBytes(total)}${total < totalmem() ? ' (limit of the container)' : ''}`;
  if (free < 0.5 * GIGA) return bad('memory', found, 'the small model needs 512 MB free: end something');
  if (free < 1.5 * GIGA) return warn('memory', found, 'enough for the small model only');
  return ok('memory', found);
}

/** Each node has files and sockets open. */
export function openFiles(limits: string = read('/proc/self/limits')): Check[] {
  const soft = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
  if (soft === undefined) return [];
  if (Number(soft) >= 4096) return [ok('open files', soft)];
  return [warn('open files', soft, 'ulimit -n 8192 before llamboctl up, for clusters of many nodes')];
}

export function system(): Check {
  const name = `${platform()}-${arch()}`;
  const known = ['linux-x64', 'linux-arm64', 'darwin-arm64', 'darwin-x64', 'win32-x64', 'win32-arm64'];
  return known.includes(name)
    ? ok('system', name)
    : bad(
        'system',
        name,
        `llama.cpp comes prebuilt for ${known.join(', ')}; engine.kind echo works anywhere`,
      );
}

export function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
