/** A program that runs on another thread, by the files of its run directory. */
import { type Call, type File, ORDWR, OREAD, OWRITE, StyxError, uninterrupted } from '@llambo/styx';
import { tokenize } from '@llambo/styx/fs';
import type { RunningProgram } from './program.ts';
import { configLines, type RunConfig } from './run-dir.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();
/** Bytes of one write of an object file. */
const PIECE = 1 << 18;

/** Starts `dis` in the tree at `root`. Rejects when it cannot be started there. */
export async function remoteRun(root: File, config: RunConfig, dis: Uint8Array): Promise<RunningProgram> {
  const files: File[] = [];
  const open = async (path: readonly string[], mode: number): Promise<File> => {
    const { file } = await root.walk(path, uninterrupted);
    if (file === undefined) throw new StyxError(`no ${path.join('/')} there`);
    files.push(file);
    await file.open(mode, uninterrupted);
    return file;
  };
  const close = (): void => {
    for (const file of files.splice(0)) void Promise.resolve(file.clunk()).catch(() => {});
  };
  try {
    const ctl = await open(['run', 'clone'], ORDWR);
    const id = decoder.decode(await ctl.read(0, 32, uninterrupted)).trim();
    const program = await open(['run', id, 'program'], OWRITE);
    for (let at = 0; at < dis.length; at += PIECE)
      await program.write(at, dis.subarray(at, at + PIECE), uninterrupted);
    const tell = (line: string): Promise<number> =>
      Promise.resolve(ctl.write(0, encoder.encode(line), uninterrupted));
    await tell([...configLines(config), 'start'].join('\n'));
    const data = await open(['run', id, 'data'], ORDWR);
    const errors = await open(['run', id, 'stderr'], OREAD);
    const status = await open(['run', id, 'status'], OREAD);
    let killed: string | undefined;
    const ended = Promise.resolve(status.read(0, 8192, uninterrupted)).then(
      (bytes) => killed ?? (tokenize(decoder.decode(bytes))[0] ?? '').slice('status='.length),
      (error: Error) => killed ?? `lost: ${error.message}`,
    );
    return {
      write: (bytes, call: Call) => data.write(0, bytes, call),
      endInput: async () => void (await tell('eof')),
      stdout: (count, call: Call) => data.read(0, count, call),
      stderr: (count, call: Call) => errors.read(0, count, call),
      ended,
      kill(why) {
        killed ??= why;
        close();
      },
    };
  } catch (error) {
    close();
    throw error;
  }
}
