import { type Chan, ignore } from '@llambo/namespace';
import { HangupError, type Receiver, type Transport } from '@llambo/styx';

/** Bytes that one read asks for. */
const chunk = 65_536;

/** A file as the transport of a 9P connection: what mount and export speak over. Holds a reference of the channel. */
export class ChanTransport implements Transport {
  readonly remote: string;
  private readonly chan: Chan;
  private readonly abort = new AbortController();
  private receiver: Receiver | undefined = undefined;
  private paused: Promise<void> | undefined = undefined;
  private unpause: (() => void) | undefined = undefined;
  private writes: Promise<void> = Promise.resolve();
  private isClosed = false;

  constructor(chan: Chan) {
    this.chan = chan.dup();
    this.remote = chan.path;
  }

  start(receiver: Receiver): void {
    this.receiver = receiver;
    void this.pump();
  }

  private async pump(): Promise<void> {
    const by = { signal: this.abort.signal };
    try {
      for (;;) {
        const data = await this.chan.read(chunk, by);
        if (data.length === 0) break;
        // The bytes are the server's again once this turn is over.
        this.receiver?.data(data.slice());
        await this.paused;
      }
      this.end();
    } catch (error) {
      this.end(error instanceof Error ? error : undefined);
    }
  }

  send(chunks: readonly Uint8Array[], sent: () => void): void {
    this.writes = this.writes.then(async () => {
      try {
        for (const data of chunks) {
          for (let at = 0; at < data.length && !this.isClosed; )
            at += await this.chan.write(data.subarray(at), { signal: this.abort.signal });
        }
      } catch (error) {
        this.end(error instanceof Error ? error : undefined);
      } finally {
        sent();
      }
    });
  }

  pause(): void {
    this.paused ??= new Promise((resolve) => {
      this.unpause = resolve;
    });
  }

  resume(): void {
    this.unpause?.();
    this.paused = undefined;
    this.unpause = undefined;
  }

  close(): void {
    void this.writes.then(() => this.end());
  }

  destroy(error?: Error): void {
    this.end(error);
  }

  defer(fn: () => void): void {
    queueMicrotask(fn);
  }

  private end(error?: Error): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.abort.abort();
    this.resume();
    ignore(() => this.chan.close());
    this.receiver?.closed(error instanceof HangupError ? undefined : error);
  }
}
