import { spawnSync } from 'node:child_process';
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { LlamboError } from '../../errors.ts';
import { llamboHome } from '../../home.ts';
import { isDialString } from '../client/connect.ts';
import { noCluster, UsageError } from '../errors.ts';
import { EXIT, type Parsed } from '../spec.ts';

export async function run(_args: readonly string[], parsed: Parsed): Promise<number> {
  const folder = resolve(parsed.words[0] as string);
  const printed = parsed.flag('print');
  const off = parsed.flag('unmount');
  const address = off ? '' : styxAddress(parsed.text('addr'));
  const command = off
    ? unmountCommand(folder)
    : printed
      ? mountCommand(address, folder)
      : tried(address, folder);
  if (printed) {
    process.stdout.write(`${command.join(' ')}\n`);
    return EXIT.ok;
  }
  if (!off) mkdirSync(folder, { recursive: true });
  perform(command);
  // 9pfuse leaves the end of its helper to chance, and says that all is well.
  if (!off && process.platform === 'linux' && !mounted(folder))
    throw new LlamboError('internal', `${command.join(' ')} left nothing on ${folder}`);
  process.stdout.write(off ? `${folder} is free again\n` : `${address} is mounted on ${folder}\n`);
  return EXIT.ok;
}

/** @throws LlamboError with what the program said */
function perform([program, ...args]: readonly string[]): void {
  // 9pfuse goes on in the background with the files that it was given: a pipe would never end.
  const folder = mkdtempSync(join(tmpdir(), 'llambo-'));
  const file = join(folder, 'said');
  const errors = openSync(file, 'w+');
  const { status, error } = spawnSync(program as string, args, { stdio: ['ignore', 'ignore', errors] });
  const told = readFileSync(file, 'utf8').trim();
  closeSync(errors);
  rmSync(folder, { recursive: true });
  if (status === 0) return;
  const said = error?.message ?? (told || `exit status ${status}`);
  const proof = /auth/i.test(said) ? '; no mount can prove a token: llamboctl mount --help tells a way' : '';
  throw new LlamboError('internal', `${[program, ...args].join(' ')} failed: ${said}${proof}`);
}

/** The dial string of the cluster's tree: what was given, or the socket of the one that runs in this home. */
function styxAddress(given: string | undefined): string {
  const address = given ?? process.env['LLAMBO_ADDR'];
  if (address !== undefined && address !== '') {
    if (!isDialString(address))
      throw new UsageError(`mount wants a dial string such as tcp!host!5640, not ${address}`);
    return address;
  }
  const socket = join(llamboHome(), 'state', 'llambo.sock');
  if (!existsSync(socket)) throw noCluster();
  return `unix!${socket}`;
}

/** The command, if this machine has what it takes. @throws LlamboError with what is missing */
function tried(address: string, folder: string): readonly string[] {
  if (process.platform === 'win32') throw missing('there is no 9P mount on Windows');
  const command = mountCommand(address, folder);
  const [program] = command;
  if (program === '9pfuse') {
    if (!inPath('9pfuse')) throw missing(`9pfuse is missing: ${toInstall()}`);
    if (process.platform === 'linux') {
      if (!inPath('fusermount'))
        throw missing('9pfuse needs fusermount: install the package fuse3 (with only fusermount3, link it)');
      if (!existsSync('/dev/fuse')) throw missing('this machine has no /dev/fuse: modprobe fuse, as root');
    }
  } else if (process.getuid?.() !== 0)
    throw missing(`only root may mount by the kernel; ${command.join(' ')} does it, or ${toInstall()}`);
  return command;
}

const missing = (what: string): LlamboError =>
  new LlamboError('bad-request', `${what}; llamboctl dish shows the tree without it`);

const toInstall = (): string =>
  process.platform === 'darwin'
    ? 'install plan9port and macFUSE (brew install plan9port; brew install --cask macfuse)'
    : 'install plan9port (https://9fans.github.io/plan9port) and put its 9pfuse into PATH';

/** With what this machine has: 9pfuse needs no root, the kernel's 9p does. */
function mountCommand(address: string, folder: string): readonly string[] {
  if (!inPath('9pfuse') && /\b9p$/m.test(readOr('/proc/filesystems'))) {
    const [network, host = '', port = '5640'] = address.split('!');
    const where = network === 'unix' ? 'trans=unix' : `trans=tcp,port=${port}`;
    return ['mount', '-t', '9p', '-o', `${where},version=9p2000,access=any`, host, folder];
  }
  return ['9pfuse', address, folder];
}

function unmountCommand(folder: string): readonly string[] {
  const isFuse = new RegExp(` ${escaped(folder)} fuse`, 'm').test(readOr('/proc/self/mounts'));
  return isFuse && inPath('fusermount') ? ['fusermount', '-u', folder] : ['umount', folder];
}

const mounted = (folder: string): boolean => readOr('/proc/self/mounts').includes(` ${octal(folder)} `);

/** As /proc writes a path. */
const octal = (path: string): string =>
  path.replace(/[\s\\]/g, (each) => `\\${each.charCodeAt(0).toString(8).padStart(3, '0')}`);

const escaped = (path: string): string => octal(path).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

function inPath(name: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
