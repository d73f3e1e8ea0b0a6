import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { LlamboError } from '../../errors.ts';
import { llamboHome } from '../../home.ts';
import { isDialString } from '../client/connect.ts';
import { noCluster, UsageError } from '../errors.ts';
import { EXIT, type Parsed } from '../spec.ts';

export async function run(_args: readonly string[], parsed: Parsed): Promise<number> {
  const folder = resolve(parsed.words[0] as string);
  const address = styxAddress(parsed.text('addr'));
  const printed = parsed.flag('print');
  const command = mountCommand(address, folder) ?? (printed ? ['9pfuse', address, folder] : undefined);
  if (command === undefined)
    throw new LlamboError(
      'bad-request',
      'this machine has neither 9pfuse nor 9p in its kernel: install plan9port, or load the module 9p; llamboctl dish shows the tree without either',
    );
  if (printed) {
    process.stdout.write(`${command.join(' ')}\n`);
    return EXIT.ok;
  }
  if (process.platform === 'win32') throw new LlamboError('bad-request', 'there is no 9P mount on Windows');
  mkdirSync(folder, { recursive: true });
  const [program, ...args] = command as [string, ...string[]];
  const { status, error } = spawnSync(program, args, { stdio: 'inherit' });
  if (error !== undefined || status !== 0)
    throw new LlamboError(
      'internal',
      `${command.join(' ')} failed: ${error?.message ?? `exit status ${status}`}`,
    );
  process.stdout.write(`${address} is mounted on ${folder}\n`);
  return EXIT.ok;
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

/** With what this machine has: 9pfuse needs no root, the kernel's 9p does. */
function mountCommand(address: string, folder: string): string[] | undefined {
  if (inPath('9pfuse')) return ['9pfuse', address, folder];
  if (/\b9p$/m.test(readOr('/proc/filesystems'))) {
    const [network, host = '', port = '5640'] = address.split('!');
    const where = network === 'unix' ? 'trans=unix' : `trans=tcp,port=${port}`;
    return ['mount', '-t', '9p', '-o', `${where},version=9p2000,access=any`, host, folder];
  }
  return undefined;
}

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
