/** What needs Node: the host's folders as a device, its terminal as a console, and servers by dial string. */
import type { Awaitable, FileServer } from '@llambo/styx';
import { connect, type DialOptions, type HostfsOptions, hostfs } from '@llambo/styx/node';
import { type Imported, importTree } from '../connection.ts';
import { Console, type Terminal } from '../dev/console.ts';

/** `#U`: a folder of the host, confined to it, fs(3). */
export function hostDevice(folder: string, options: HostfsOptions = {}): FileServer {
  return hostfs(folder, options);
}

/** Connects to a server by its dial string (`tcp!host!5640`), for `mount` and for the lines of a name space file. */
export async function dialServer(address: string, options: DialOptions = {}): Promise<Imported> {
  return importTree(await connect(address, options));
}

/** A console on the terminal of this process. `end` gives the terminal back. */
export function hostConsole(
  input: NodeJS.ReadStream = process.stdin,
  output: NodeJS.WritableStream = process.stdout,
): { readonly console: Console; end(): void } {
  const terminal: Terminal = {
    write: (bytes): Awaitable<void> => {
      if (output.write(bytes.slice())) return undefined;
      return new Promise((resolve) => output.once('drain', resolve));
    },
    setRaw(raw) {
      if (input.isTTY) input.setRawMode(raw);
    },
  };
  const console = new Console(terminal);
  const data = (bytes: Buffer): void => console.type(bytes);
  const end = (): void => console.hangup();
  input.on('data', data);
  input.once('end', end);
  return {
    console,
    end() {
      input.off('data', data);
      input.off('end', end);
      input.pause();
      console.hangup();
    },
  };
}
