import { type Call, type FileServer, StyxError } from '@llambo/styx';
import { FileNode, type Handle, type Opener, StaticDir, text, toText } from '@llambo/styx/fs';
import type { Caller } from '../caller.ts';
import type { Console } from './console.ts';
import { serveDevice } from './device.ts';

export interface ConsOptions {
  /** What `cons` and `consctl` are connected to; without it reading gives end of file and writing goes nowhere. */
  readonly console?: Console;
  readonly sysname?: string;
  /** What `sysctl` gives: the version of the system. */
  readonly version?: string;
  /** Lines of `drivers`: device character and name. */
  readonly drivers?: readonly (readonly [char: string, name: string])[];
  /** Microseconds since 1970. */
  readonly now?: () => bigint;
  /** Fills the bytes with random ones; the platform's generator when left out. */
  readonly random?: (bytes: Uint8Array) => void;
}

const nothing = new Uint8Array(0);

/** The files that are the same in every console device; made once, since there may be one device a process. */
const common: readonly (readonly [string, FileNode])[] = [
  ['notquiterandom', new FileNode(() => source(notQuiteRandom()), {}, 0o444)],
  ['null', new FileNode(() => nullHandle, {}, 0o666)],
  ['random', new FileNode(() => source(randomBytes), {}, 0o444)],
  ['time', text(() => String(microseconds()), { perm: 0o644 })],
  ['user', text(userOf, { perm: 0o644 })],
  ['zero', new FileNode(() => source((bytes) => bytes.fill(0)), {}, 0o444)],
];

const nullHandle: Handle = { read: () => nothing, write: (_offset, data) => data.length };

function microseconds(): bigint {
  return BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000));
}

/** `#c`: the console and what every program wants at hand, cons(3), with `zero` as Plan 9 has it. */
export function consDevice(options: ConsOptions = {}): FileServer {
  const { console, sysname = 'llambo', version = 'Llambo', now, random } = options;
  const started = performance.now();
  const root = new StaticDir(common);
  root.add('cons', new FileNode(() => consHandle(console), {}, 0o666));
  root.add('consctl', new FileNode(() => ctlHandle(console), {}, 0o222));
  root.add(
    'drivers',
    text(() => (options.drivers ?? []).map(([char, name]) => `#${char} ${name}\n`).join('')),
  );
  root.add(
    'msec',
    text(() => `${String(Math.floor(performance.now() - started)).padStart(11)} `),
  );
  root.add(
    'sysctl',
    text(() => version, { perm: 0o644 }),
  );
  root.add(
    'sysname',
    text(() => sysname, { perm: 0o644 }),
  );
  if (now !== undefined)
    root.add(
      'time',
      text(() => String(now()), { perm: 0o644 }),
    );
  if (random !== undefined) root.add('random', new FileNode(() => source(random), {}, 0o444));
  return serveDevice('c', root);
}

function userOf(opener: Opener, call: Call): string {
  return (call as Caller).user ?? opener.uname;
}

function consHandle(console: Console | undefined): Handle {
  if (console === undefined) return nullHandle;
  return {
    read: (_offset, count, call) => console.read(count, call),
    write: (_offset, data) => console.write(data),
  };
}

function ctlHandle(console: Console | undefined): Handle {
  let raw = false;
  const set = (on: boolean): void => {
    if (on !== raw) console?.setRaw(on);
    raw = on;
  };
  return {
    write(_offset, data) {
      const words = toText(data)
        .split(/\s+/)
        .filter((word) => word !== '');
      const unknown = words.find((word) => word !== 'rawon' && word !== 'rawoff');
      if (unknown !== undefined)
        throw new StyxError(`unknown control request "${unknown}": expected rawon, rawoff`);
      for (const word of words) set(word === 'rawon');
      return data.length;
    },
    close: () => set(false),
  };
}

/** At most this many bytes from one read of an endless file. */
const PIECE = 65536;

function source(fill: (bytes: Uint8Array) => void): Handle {
  return {
    read(_offset, count) {
      const bytes = new Uint8Array(Math.min(count, PIECE));
      fill(bytes);
      return bytes;
    },
  };
}

function randomBytes(bytes: Uint8Array): void {
  crypto.getRandomValues(bytes);
}

/** xorshift32: fast, and good enough for what does not have to be unpredictable. */
function notQuiteRandom(): (bytes: Uint8Array) => void {
  const seed = new Uint32Array(1);
  crypto.getRandomValues(seed);
  let x = (seed[0] as number) || 1;
  return (bytes) => {
    for (let i = 0; i < bytes.length; i++) {
      x ^= x << 13;
      x ^= x >>> 17;
      x ^= x << 5;
      bytes[i] = x;
    }
  };
}
