import type { FileServer } from '@llambo/styx';
import { type ConsOptions, consDevice } from './dev/cons.ts';
import { dupDevice } from './dev/dup.ts';
import { envDevice } from './dev/env.ts';
import { pipeDevice } from './dev/pipe.ts';
import { type ProgTable, progDevice } from './dev/prog.ts';
import { rootDevice } from './dev/root.ts';
import { srvDevice } from './dev/srv.ts';
import { EnvGroup } from './env-group.ts';

export interface DeviceOptions extends Omit<ConsOptions, 'drivers'> {
  /** Names of the root device. */
  readonly root?: readonly string[];
  /** The environment of callers that bring none. */
  readonly env?: EnvGroup;
  /** Processes for `#p`; without it there is no such device. */
  readonly progs?: ProgTable;
  /** Further devices by their character, or other ones for these. */
  readonly more?: Readonly<Record<string, FileServer>>;
}

const NAMES: Readonly<Record<string, string>> = {
  '/': 'root',
  c: 'cons',
  e: 'env',
  '|': 'pipe',
  d: 'dup',
  s: 'srv',
  p: 'prog',
};

/** The devices that a name space usually has: `#/ #c #e #| #d #s`, and `#p` when there are processes. */
export function standardDevices(options: DeviceOptions = {}): Map<string, FileServer> {
  const { root, env, progs, more = {}, ...cons } = options;
  const devices = new Map<string, FileServer>([
    ['/', rootDevice(root)],
    ['e', envDevice(env ?? new EnvGroup())],
    ['|', pipeDevice()],
    ['d', dupDevice()],
    ['s', srvDevice()],
  ]);
  if (progs !== undefined) devices.set('p', progDevice(progs));
  for (const [char, server] of Object.entries(more)) devices.set(char, server);
  const drivers = ['c', ...devices.keys()].map((char) => [char, NAMES[char] ?? char] as const);
  if (!devices.has('c')) devices.set('c', consDevice({ ...cons, drivers }));
  return devices;
}
