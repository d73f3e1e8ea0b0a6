/** Bytes and lines through open channels. */
import type { Caller, Chan } from '@llambo/namespace';

const encoder = new TextEncoder();
/** What one read or write moves when the file does not say. */
const PIECE = 64 * 1024;

/** All of `data`, in as few writes as the file allows. */
export async function writeAll(chan: Chan, data: Uint8Array | string, by: Caller): Promise<void> {
  const bytes = typeof data === 'string' ? encoder.encode(data) : data;
  const most = chan.iounit > 0 ? chan.iounit : PIECE;
  for (let at = 0; at < bytes.length; ) {
    const part = at === 0 && bytes.length <= most ? bytes : bytes.subarray(at, at + most);
    const n = await chan.write(part, by);
    if (n <= 0) throw new Error('write took nothing');
    at += n;
  }
}

/** What a channel gives until its end, each piece as it comes. */
export async function* pieces(chan: Chan, by: Caller): AsyncGenerator<Uint8Array, void> {
  for (;;) {
    const bytes = (await chan.read(chan.iounit > 0 ? Math.max(chan.iounit, 8192) : PIECE, by)).slice();
    if (bytes.length === 0) return;
    yield bytes;
  }
}

/** Lines without their ends, as many as each piece of the source completes: what comes together is handled together. */
export async function* lineBatches(source: AsyncIterable<Uint8Array>): AsyncGenerator<string[], void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of source) {
    const found = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = found.pop() as string;
    if (found.length > 0) yield found;
  }
  rest += decoder.decode();
  if (rest !== '') yield [rest];
}

export async function* lines(source: AsyncIterable<Uint8Array>): AsyncGenerator<string, void> {
  for await (const batch of lineBatches(source)) yield* batch;
}

export async function readText(source: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of source) text += decoder.decode(bytes, { stream: true });
  return text + decoder.decode();
}
