import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Frames } from '../src/codec/frames.ts';
import * as C from '../src/constants.ts';
import {
  decode,
  encode,
  type Fcall,
  formatFcall,
  isSync,
  ProtocolError,
  packDir,
  parseFcall,
  StyxError,
  sizeofDir,
  sizeofFcall,
  unpackDir,
  unpackDirs,
  wstatDir,
} from '../src/index.ts';
import { dir, fcall } from './arbitraries.ts';

const plain = (m: Fcall): unknown => ('data' in m ? { ...m, data: [...m.data] } : m);

describe('bytes', () => {
  test('every message survives the way to bytes and back', () => {
    fc.assert(
      fc.property(fcall, (m) => {
        const bytes = encode(m);
        expect(bytes.length).toBe(sizeofFcall(m));
        expect(plain(decode(bytes))).toEqual(plain(m));
      }),
      { numRuns: 2000 },
    );
  });

  test('every stat record too', () => {
    fc.assert(
      fc.property(dir, (d) => {
        const bytes = packDir(d);
        expect(bytes.length).toBe(sizeofDir(d));
        expect(unpackDir(bytes)).toEqual(d);
        expect(unpackDirs(Buffer.concat([bytes, bytes]))).toEqual([d, d]);
      }),
    );
  });

  test('any bytes are a message or an error', () => {
    const random = fc.uint8Array({ minLength: 0, maxLength: 200 });
    fc.assert(
      fc.property(random, fc.integer({ min: 98, max: 130 }), fc.boolean(), (bytes, type, honest) => {
        if (honest && bytes.length >= 7) {
          new DataView(bytes.buffer).setUint32(0, bytes.length, true);
          bytes[4] = type;
        }
        let m: Fcall;
        try {
          m = decode(bytes);
        } catch (e) {
          expect(e).toBeInstanceOf(StyxError);
          return;
        }
        // What was understood says the same again, offsets past 2^53-1 aside.
        if (!('offset' in m)) expect(Buffer.from(encode(m))).toEqual(Buffer.from(bytes));
      }),
      { numRuns: 5000 },
    );
  });

  test('a message that was damaged in one place is a message or an error', () => {
    fc.assert(
      fc.property(fcall, fc.nat(), fc.nat(255), (m, at, value) => {
        const bytes = encode(m);
        bytes[at % bytes.length] = value;
        try {
          decode(bytes);
        } catch (e) {
          expect(e).toBeInstanceOf(StyxError);
        }
      }),
      { numRuns: 3000 },
    );
  });

  test('a message cut anywhere is an error', () => {
    fc.assert(
      fc.property(fcall, fc.nat(), (m, cut) => {
        const bytes = encode(m);
        const part = bytes.subarray(0, cut % bytes.length);
        expect(() => decode(part)).toThrow(ProtocolError);
        if (part.length < 7) return;
        const lying = new Uint8Array(part);
        new DataView(lying.buffer).setUint32(0, lying.length, true);
        try {
          // A shorter message can be another one only when it has no lengths of its own.
          decode(lying);
          expect(plain(decode(lying))).not.toEqual(plain(m));
        } catch (e) {
          expect(e).toBeInstanceOf(StyxError);
        }
      }),
    );
  });

  test.each([
    [[0xc0, 0x80], 'overlong NUL'],
    [[0xc1, 0xbf], 'overlong'],
    [[0xe0, 0x80, 0xaf], 'overlong'],
    [[0xed, 0xa0, 0x80], 'surrogate'],
    [[0xf4, 0x90, 0x80, 0x80], 'past U+10FFFF'],
    [[0xff], 'no UTF-8 at all'],
    [[0x61, 0x80], 'continuation alone'],
    [[0xe2, 0x82], 'cut off'],
    [[0x61, 0x00], 'NUL'],
  ])('bad text: %s (%s)', (bytes) => {
    const good = encode({ type: C.Rerror, tag: 1, ename: 'x'.repeat(bytes.length) });
    good.set(bytes, 9);
    expect(() => decode(good)).toThrow(StyxError);
  });

  test('text beside the basic plane, and a byte order mark, stay what they are', () => {
    for (const ename of ['\ufeffmark', 'ολά', '🦙🦙🦙', 'x'.repeat(70), `${'é'.repeat(40)}`]) {
      expect(decode(encode({ type: C.Rerror, tag: 1, ename }))).toEqual({ type: C.Rerror, tag: 1, ename });
    }
  });

  test('what has no bytes is refused', () => {
    expect(() => encode({ type: C.Rerror, tag: 0, ename: 'a\0b' })).toThrow('NUL');
    expect(() => encode({ type: C.Rerror, tag: 0, ename: 'x'.repeat(70_000) })).toThrow('too long');
    const wname = Array.from({ length: 17 }, () => 'x');
    expect(() => encode({ type: C.Twalk, tag: 0, fid: 0, newfid: 1, wname })).toThrow('too many names');
    expect(() => packDir(wstatDir({ name: 'x'.repeat(40_000), uid: 'y'.repeat(40_000) }))).toThrow(
      'too long',
    );
  });

  test("all don't-touch values are a sync", () => {
    expect(isSync(wstatDir())).toBe(true);
    expect(isSync(unpackDir(packDir(wstatDir())))).toBe(true);
    for (const change of [{ mode: 0 }, { name: 'x' }, { length: 0n }, { mtime: 0 }, { muid: 'x' }]) {
      expect(isSync(wstatDir(change))).toBe(false);
    }
  });
});

describe('text', () => {
  test('every message survives the way to text and back', () => {
    fc.assert(
      fc.property(fcall, (m) => {
        const line = formatFcall(m);
        expect(line).not.toContain('\n');
        expect(plain(parseFcall(line))).toEqual(plain(m));
      }),
      { numRuns: 2000 },
    );
  });

  test('any line is a message or an error', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), (s) => {
        for (const line of [s, `Twalk ${s}`, `Twstat stat (${s}`, `Rread data ${s}`]) {
          try {
            parseFcall(line);
          } catch (e) {
            expect(e).toBeInstanceOf(StyxError);
          }
        }
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ['Twalk tag 1 fid 0 newfid 1 wname ctl', 'Twalk tag 1 fid 0 newfid 1 wname ctl'],
    ['Tversion msize 8192 version 9P2000', 'Tversion tag NOTAG msize 8192 version 9P2000'],
    ["Twalk wname [a 'b c' 'it''s']", "Twalk tag 0 fid 0 newfid 0 wname [a 'b c' 'it''s']"],
    ['Topen fid 2 mode 17', 'Topen tag 0 fid 2 mode OWRITE|OTRUNC'],
    ['Tcreate name x perm 0755 mode 0', 'Tcreate tag 0 fid 0 name x perm --rwxr-xr-x mode OREAD'],
    ['Rread data hex:00ff', 'Rread tag 0 data hex:00ff'],
    ["Rread data 'hex:00'", "Rread tag 0 data 'hex:00'"],
    ['Rread data "a\\nb"', 'Rread tag 0 data "a\\nb"'],
    ['Rwalk wqid [0x1.0.d 0x2.3]', 'Rwalk tag 0 wqid [0x1.0.d 0x2.3]'],
    ['Tattach fid 1 uname glenda', "Tattach tag 0 fid 1 afid NOFID uname glenda aname ''"],
    ['Twstat fid 1 stat (mode 0600)', 'Twstat tag 0 fid 1 stat (mode --rw-------)'],
    ['Rclunk tag 65535', 'Rclunk tag NOTAG'],
  ])('%s', (input, output) => {
    expect(formatFcall(parseFcall(input))).toBe(output);
  });

  test.each([
    ['', 'message text ends too early'],
    ['Terror', 'no such message: Terror'],
    ['Tclunk fid', 'message text ends too early'],
    ['Tclunk newfid 1', 'Tclunk has no field newfid'],
    ['Tclunk fid 4294967296', 'bad number: 4294967296'],
    ["Rerror ename 'x", "bad quoting: 'x"],
    ['Topen mode OFOO', 'bad open mode: OFOO'],
    ['Rattach qid 1', 'bad qid: 1'],
  ])('%s: error', (line, error) => {
    expect(() => parseFcall(line)).toThrow(error);
  });

  test('long data is cut in a trace', () => {
    const m = { type: C.Rread, tag: 1, data: new Uint8Array(100).fill(97) } as const;
    expect(formatFcall(m, { limit: 4 })).toBe('Rread tag 1 data aaaa... (100 bytes)');
  });
});

describe('frames', () => {
  /** All messages that come out when `bytes` go in cut at `cuts`; stops after each one when `stops`. */
  function cut(bytes: Uint8Array, cuts: readonly number[], stops: boolean, keeps: boolean): Fcall[] {
    const out: Fcall[] = [];
    const frames = new Frames(
      1 << 20,
      (_, __, r) => {
        r.window(r.at - 7, r.end);
        out.push(decode(r.data(r.end - r.at)));
        return !stops;
      },
      keeps,
    );
    // One buffer for all that arrives, as sockets have it.
    const shared = new Uint8Array(bytes.length);
    let at = 0;
    for (const to of [...cuts.map((c) => c % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]) {
      shared.fill(0xee);
      shared.set(bytes.subarray(at, to));
      frames.push(shared.subarray(0, to - at));
      at = to;
      if (stops) for (let i = 0; i < 50; i++) frames.resume();
    }
    return out;
  }

  test('however the stream is cut, the same messages come out', () => {
    const big = { type: C.Twrite, tag: 7, fid: 1, offset: 0, data: new Uint8Array(9000).fill(5) } as const;
    const messages = fc.array(fc.oneof(fcall, fc.constant(big)), { maxLength: 12 });
    fc.assert(
      fc.property(messages, fc.array(fc.nat()), fc.boolean(), fc.boolean(), (ms, cuts, stops, keeps) => {
        const bytes = Buffer.concat(ms.map(encode));
        const got = cut(bytes, cuts, stops, keeps);
        expect(got.map(plain)).toEqual(ms.map(plain));
      }),
      { numRuns: 300 },
    );
  });

  test('a size field alone ends the stream when it can not be right', () => {
    for (const size of [0, 3, 6, 8193, 0xffffffff]) {
      for (const n of [4, 5, 7, 20]) {
        const frames = new Frames(8192, () => true);
        const bytes = new Uint8Array(n);
        new DataView(bytes.buffer).setUint32(0, size, true);
        expect(() => frames.push(bytes), `${size} ${n}`).toThrow(ProtocolError);
      }
    }
  });

  test('a size field makes nobody keep more than what came', () => {
    const frames = new Frames(0x7fffffff, () => true);
    frames.push(Uint8Array.of(0, 0, 0, 0x7f, 118, 1, 0));
    frames.push(new Uint8Array(1000));
    expect(frames.buffered).toBe(1007);
  });
});
