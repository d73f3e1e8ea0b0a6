/** The text forms of IPints: bases 10, 16, 32 and 64, encoding(2). Any other base is 16. */

import { fromBytes, toBytes } from './big.ts';

const digits64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
/** Without the letters and digits that look like others. */
const digits32 = '23456789abcdefghijkmnpqrstuvwxyz';

export function encode64(bytes: Uint8Array): string {
  let out = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const v = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    for (let k = 0; k < 4; k++) out += i + k > bytes.length ? '=' : digits64[(v >> (18 - 6 * k)) & 63];
  }
  return out;
}

function encode32(bytes: Uint8Array): string {
  const padded = new Uint8Array(Math.ceil(bytes.length / 5) * 5);
  padded.set(bytes);
  return fromBits(padded, 5, digits32);
}

function fromBits(bytes: Uint8Array, size: number, digits: string): string {
  const bits = Array.from(bytes, (b) => b.toString(2).padStart(8, '0')).join('');
  return (bits.match(new RegExp(`.{${size}}`, 'g')) ?? []).map((d) => digits[Number.parseInt(d, 2)]).join('');
}

/** The whole bytes in digits of `size` bits. */
function toBits(text: string, size: number, digits: string): Uint8Array | undefined {
  let bits = '';
  for (const c of text) {
    const v = digits.indexOf(c);
    if (v < 0) return undefined;
    bits += v.toString(2).padStart(size, '0');
  }
  return Uint8Array.from(bits.match(/.{8}/g) ?? [], (b) => Number.parseInt(b, 2));
}

export function toText(v: bigint, base: number): string {
  const sign = v < 0n ? '-' : '';
  const size = v < 0n ? -v : v;
  switch (base) {
    case 10:
      return sign + size;
    case 32:
      return sign + encode32(toBytes(size));
    case 64:
      return sign + encode64(toBytes(size));
    default:
      return sign + size.toString(16).toUpperCase();
  }
}

/** The number that the whole text is, but for blanks before and `=` after it; undefined when it is none. */
export function fromText(text: string, base: number): bigint | undefined {
  const m = /^[ \t]*(-*)(.*?)=*$/s.exec(text)!;
  const digits = m[2]!;
  if (digits === '') return undefined;
  let v: bigint | undefined;
  if (base === 10) v = /^\d+$/.test(digits) ? BigInt(digits) : undefined;
  else if (base === 32 || base === 64) {
    const bytes = base === 32 ? toBits(digits, 5, digits32) : toBits(digits, 6, digits64);
    v = bytes && fromBytes(bytes);
  } else v = /^[0-9A-Fa-f]+$/.test(digits) ? BigInt(`0x${digits}`) : undefined;
  return v !== undefined && m[1]!.length % 2 === 1 ? -v : v;
}
