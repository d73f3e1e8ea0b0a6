import { rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { GgufError, readGguf } from '../gguf/index.ts';
import { corrupt, fromFileSystem, isLocal, ModelStoreError } from './errors.ts';
import { checkSpace, syncFolder } from './files.ts';
import { PartFile } from './part.ts';
import type { Meter } from './progress.ts';
import type { Source, Wanted } from './sources/source.ts';

/**
 * Pulls a model from one source to `path`, which appears only when size, checksum and header are right. The caller
 * holds the model's lock.
 */
export async function pullFrom(
  source: Source,
  path: string,
  wanted: Wanted,
  meter: Meter,
  signal: AbortSignal | undefined,
): Promise<void> {
  const partPath = `${path}.part`;
  const scratch = `${partPath}.d`;
  const limit = wanted.size ?? Number.MAX_SAFE_INTEGER;
  for (;;) {
    await rm(scratch, { recursive: true, force: true });
    meter.phase('checking', source.id);
    const part = await PartFile.open(partPath, source.id, limit, signal, (bytes, total) =>
      meter.count(bytes, total),
    );
    const { resumed } = part;
    try {
      const rest = wanted.size === undefined ? 0 : wanted.size - part.size;
      await checkSpace(dirname(path), rest + source.extraBytes);
      await deliver(source, part, wanted, scratch, meter, signal);
      await part.close(true);
      await checkHeader(partPath);
      await rename(partPath, path);
      await PartFile.remove(partPath);
      await syncFolder(dirname(path));
      return;
    } catch (error) {
      const { begun } = part;
      await part.close().catch(() => {});
      await rm(scratch, { recursive: true, force: true });
      signal?.throwIfAborted();
      const wrong = error instanceof ModelStoreError && error.code === 'corrupt';
      if (wrong && (begun || resumed > 0)) await PartFile.remove(partPath);
      // What an earlier pull left may have been the fault: a power cut, a file that has changed at its source.
      if (wrong && resumed > 0) continue;
      if (isLocal(error) || !isFileSystem(error)) throw error;
      throw fromFileSystem(error, partPath);
    }
  }
}

async function deliver(
  source: Source,
  part: PartFile,
  wanted: Wanted,
  scratch: string,
  meter: Meter,
  signal: AbortSignal | undefined,
): Promise<void> {
  let { size, sha256 } = wanted;
  meter.phase('downloading', source.id);
  await source.deliver(part, {
    wanted,
    signal,
    scratch,
    count: (bytes, total) => meter.count(bytes, total),
    learn: (stated) => {
      size = wanted.size ?? stated.size ?? size;
      sha256 = wanted.sha256 ?? stated.sha256 ?? sha256;
    },
  });
  meter.phase('verifying', source.id);
  if (size !== undefined && part.size !== size) throw corrupt(`gives ${part.size} bytes instead of ${size}`);
  const sum = part.digest();
  if (sha256 !== undefined && sum !== sha256)
    throw corrupt(`gives another file: its sha256 is ${sum} instead of ${sha256}`);
}

/** A right checksum of a wrong catalogue, or a file without a checksum, must still be a model. */
async function checkHeader(path: string): Promise<void> {
  try {
    await readGguf(path);
  } catch (error) {
    if (error instanceof GgufError) throw corrupt(`gives no usable model: ${error.message}`, error);
    throw error;
  }
}

/** Failures of the disk below the store; those of a child process or a connection are the source's. */
function isFileSystem(error: unknown): boolean {
  const { code, syscall } = error as NodeJS.ErrnoException;
  return (
    ['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'EIO'].includes(code ?? '') &&
    ['open', 'mkdir', 'write', 'rename', 'ftruncate', 'fsync', 'rm', 'unlink'].includes(syscall ?? '')
  );
}
