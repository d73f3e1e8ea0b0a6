import { open, readdir, stat, statfs } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { diskFull } from './errors.ts';

/** Bytes of a plain file, undefined when there is none. */
export async function fileSize(path: string): Promise<number | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() ? found.size : undefined;
}

export async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

/** Whether `path` is below `folder`. */
export function inside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !way.includes(':');
}

/** All files *.gguf below a folder, sorted. */
export async function ggufFiles(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  return entries
    .filter((entry) => (entry.isFile() || entry.isSymbolicLink()) && entry.name.endsWith('.gguf'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Rejects with `disk-full` when a folder's disk has not room for so many bytes. */
export async function checkSpace(folder: string, bytes: number): Promise<void> {
  const disk = await statfs(folder).catch(() => undefined);
  if (disk === undefined) return;
  const free = disk.bavail * disk.bsize;
  if (free < bytes)
    throw diskFull(
      folder,
      `${megabytes(bytes)} needed, ${megabytes(free)} free; free some space, or set LLAMBO_HOME`,
    );
}

const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1e6)} MB`;

/** Puts a rename in this folder on the disk, where the system can. */
export async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    await handle.sync().finally(() => handle.close());
  } catch {
    // Windows opens no folders; the rename is then as durable as the system makes it.
  }
}
