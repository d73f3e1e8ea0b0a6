import { Console } from '@llambo/namespace';
import { Session, type SessionIO, type SessionOptions } from '../../src/dish/session.ts';

/** A session that talks to strings. */
export class TestIO implements SessionIO {
  readonly isTerminal = false;
  readonly columns = 80;
  readonly rows = 24;
  readonly output = undefined;
  readonly console: Console;
  input: string;
  /** Standard output and error, as they were written. */
  text = '';
  readonly notices: string[] = [];
  #decoders = { 1: new TextDecoder(), 2: new TextDecoder() };

  constructor(input: string = '') {
    this.input = input;
    this.console = new Console({ write: (bytes) => this.write(1, bytes) });
  }

  async read(count: number): Promise<Uint8Array> {
    const bytes = new TextEncoder().encode(this.input).slice(0, count);
    this.input = this.input.slice(new TextDecoder().decode(bytes).length);
    return bytes;
  }

  write(fd: 1 | 2, bytes: Uint8Array): void {
    this.text += this.#decoders[fd].decode(bytes, { stream: true });
  }

  notice(text: string): void {
    this.notices.push(text);
  }

  take(): string {
    const { text } = this;
    this.text = '';
    return text;
  }
}

export async function open(
  options: Partial<SessionOptions> & { cluster?: string } = {},
): Promise<{ session: Session; io: TestIO }> {
  const io = new TestIO();
  const session = await Session.create({ io, user: 'glenda', ...options });
  if (options.cluster !== undefined) await session.mountCluster(options.cluster);
  return { session, io };
}

/** What a script prints; its status in brackets behind it, when there is one. */
export async function output(
  source: string,
  options: Parameters<typeof open>[0] = {},
  input: string = '',
): Promise<string> {
  const { session, io } = await open(options);
  io.input = input;
  try {
    await session.run(source);
    await session.jobs.waitAll(session.signal);
    const { status, ok } = session.shell;
    return ok ? io.text : `${io.text}[${status}]\n`;
  } finally {
    await session.close();
  }
}
