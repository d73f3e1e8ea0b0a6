import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';

export interface Packed {
  readonly name: string;
  readonly bytes: Buffer;
  /** Default: deflated. */
  readonly stored?: boolean;
}

/** Writes a zip archive. */
export function zip(files: readonly Packed[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, bytes, stored } of files) {
    const packed = stored ? bytes : deflateRawSync(bytes);
    const label = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(stored ? 0 : 8, 4);
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(bytes.length, 18);
    common.writeUInt16LE(label.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, label, packed]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\0', 'latin1'), common, tail, label]));
    parts.push(local);
    offset += local.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, list, end]);
}

/** Writes a wheel that pip takes, with one file in it, and gives its path. */
export function writeWheel(folder: string, name: string, file: string, bytes: Buffer): string {
  const module = name.replaceAll('-', '_');
  const info = `${module}-1.0.dist-info`;
  const path = join(folder, `${module}-1.0-py3-none-any.whl`);
  const text = (content: string) => Buffer.from(content);
  writeFileSync(
    path,
    zip([
      { name: file, bytes },
      { name: `${info}/METADATA`, bytes: text(`Metadata-Version: 2.1\nName: ${name}\nVersion: 1.0\n`) },
      {
        name: `${info}/WHEEL`,
        bytes: text('Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n'),
        stored: true,
      },
      { name: `${info}/RECORD`, bytes: text('') },
    ]),
  );
  return path;
}
