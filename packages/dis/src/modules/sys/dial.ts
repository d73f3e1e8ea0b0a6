import { type Chan, ignore } from '@llambo/namespace';
import { type Awaitable, ORDWR, StyxError } from '@llambo/styx';
import type { Call } from '../../vm/builtin.ts';
import { contextOf } from './context.ts';
import { by, enterChan, syscall } from './fd.ts';

// Networks are files, ip(3): a `clone` whose number names the connection's directory, and requests written to its ctl.
// A name space without /net has no network, and all of this says so.

const encoder = new TextEncoder();
const decoder = new TextDecoder();

interface Address {
  /** Undefined: wherever networks are. */
  readonly netdir: string | undefined;
  readonly proto: string;
  readonly rest: string;
}

/** [/net/]proto!host!service; without a ! the protocol is `net`: any. */
export function parseDialString(text: string): Address {
  const bang = text.indexOf('!');
  if (bang < 0) return { netdir: undefined, proto: 'net', rest: text };
  const head = text.slice(0, bang);
  const rest = text.slice(bang + 1);
  if (!/^[/#]/.test(head)) return { netdir: undefined, proto: head, rest };
  const slash = head.lastIndexOf('/');
  return { netdir: head.slice(0, slash), proto: head.slice(slash + 1), rest };
}

class Network {
  private readonly call: Call;

  constructor(call: Call) {
    this.call = call;
  }

  open(name: string, mode: number): Awaitable<Chan> {
    return contextOf(this.call).namespace.open(name, mode, by(this.call));
  }

  async readText(chan: Chan): Promise<string> {
    return decoder.decode(await chan.read(1024, by(this.call))).trim();
  }

  async write(chan: Chan, text: string): Promise<void> {
    try {
      await chan.write(encoder.encode(text), by(this.call));
    } catch (error) {
      throw new StyxError(`${(error as Error).message} (${text})`);
    }
  }

  /** What the connection server says an address is: names of clone files, and what to write there. */
  async translate(
    netdir: string,
    address: string,
  ): Promise<(readonly [clone: string, dest: string])[] | undefined> {
    let cs: Chan;
    try {
      cs = await this.open(`${netdir}/cs`, ORDWR);
    } catch {
      return undefined;
    }
    try {
      await this.write(cs, address);
      await cs.seek(0);
      const all: [string, string][] = [];
      for (let line = await this.readText(cs); line !== ''; line = await this.readText(cs)) {
        const space = line.indexOf(' ');
        if (space > 0) all.push([line.slice(0, space), line.slice(space + 1)]);
      }
      return all;
    } finally {
      ignore(() => cs.close());
    }
  }

  /** Opens a clone file, and gives it with its connection's directory. */
  async clone(name: string): Promise<{ ctl: Chan; dir: string }> {
    let ctl: Chan;
    try {
      ctl = await this.open(name, ORDWR);
    } catch (error) {
      throw new StyxError(`${(error as Error).message} (${name})`);
    }
    try {
      const number = Number.parseInt(await this.readText(ctl), 10);
      return { ctl, dir: `${name.slice(0, name.lastIndexOf('/'))}/${number}` };
    } catch (error) {
      ignore(() => ctl.close());
      throw error;
    }
  }

  async connect(clone: string, dest: string, local: string): Promise<{ ctl: Chan; data: Chan; dir: string }> {
    const { ctl, dir } = await this.clone(clone);
    try {
      await this.write(ctl, `connect ${dest}${local && ` ${local}`}`);
      return { ctl, dir, data: await this.open(`${dir}/data`, ORDWR) };
    } catch (error) {
      ignore(() => ctl.close());
      throw error;
    }
  }

  async dial({ netdir = '/net', proto, rest }: Address, local: string): ReturnType<Network['connect']> {
    const found = await this.translate(netdir, `${proto}!${rest}`);
    if (found === undefined) return await this.connect(`${netdir}/${proto}/clone`, rest, local);
    let last: unknown = new StyxError('cs gave no address');
    for (const [clone, dest] of found) {
      try {
        return await this.connect(clone, dest, local);
      } catch (error) {
        last = error;
      }
    }
    throw last;
  }

  async announce(text: string): Promise<{ ctl: Chan; dir: string }> {
    const { netdir = '/net', proto, rest } = parseDialString(text);
    if (!text.includes('!')) throw new StyxError(`bad dial string: ${text}`);
    const found = (await this.translate(netdir, `${proto}!${rest}`))?.[0];
    const opened = await this.clone(found?.[0] ?? `${netdir}/${proto}/clone`);
    try {
      await this.write(opened.ctl, `announce ${found?.[1] ?? rest}`);
      return opened;
    } catch (error) {
      ignore(() => opened.ctl.close());
      throw error;
    }
  }

  /** Waits for a call to the announced connection in `dir`. */
  async listen(dir: string): Promise<{ ctl: Chan; dir: string }> {
    const ctl = await this.open(`${dir}/listen`, ORDWR);
    try {
      const number = await this.readText(ctl);
      if (number === '') throw new StyxError('listen hungup');
      return { ctl, dir: `${dir.slice(0, dir.lastIndexOf('/'))}/${number}` };
    } catch (error) {
      ignore(() => ctl.close());
      throw error;
    }
  }
}

/** Leaves (status, Connection) as the result: dfd at 4, cfd at 8, dir at 12. */
function returnConnection(
  call: Call,
  start: () => Promise<{ data?: Chan; ctl: Chan; dir: string }>,
): Awaitable<void> {
  const { heap } = call;
  call.returnWord(-1);
  heap.setPointer(call.result + 4, 0);
  heap.setPointer(call.result + 8, 0);
  return syscall(call, start, ({ data, ctl, dir }) => {
    if (data) heap.setPointer(call.result + 4, enterChan(call, data));
    heap.setPointer(call.result + 8, enterChan(call, ctl));
    heap.setPointer(call.result + 12, heap.newString(dir));
    call.returnWord(0);
  });
}

export const dial = {
  dial: (call: Call): Awaitable<void> =>
    returnConnection(call, () => new Network(call).dial(parseDialString(call.string(32)), call.string(36))),

  announce: (call: Call): Awaitable<void> =>
    returnConnection(call, () => new Network(call).announce(call.string(32))),

  listen: (call: Call): Awaitable<void> =>
    returnConnection(call, () => new Network(call).listen(call.string(40))),
};
