/** Numbers of the protocol, by the names that section 5 of the manual gives them. */

export const VERSION9P = '9P2000';
/** Tag of a Tversion, intro(5). */
export const NOTAG = 0xffff;
/** Stands for "no afid" in Tattach, attach(5); never a valid fid. */
export const NOFID = 0xffffffff;
/** Names or qids in one Twalk or Rwalk at most, walk(5). */
export const MAXWELEM = 16;
/** Room that a Tread or Twrite leaves for everything but its data. */
export const IOHDRSZ = 24;
/** Bytes before the parameters of a message: size[4] type[1] tag[2]. */
export const HDRSZ = 7;
export const QIDSZ = 13;
/** A stat record with empty strings. */
export const STATFIXLEN = 49;
/** What this library offers in a version message: 1 MiB of data and its header. */
export const DEFAULT_MSIZE: number = 1024 * 1024 + IOHDRSZ;
/** The smallest message size that a session can be held in. */
export const MIN_MSIZE = 256;

export const QTDIR = 0x80;
export const QTAPPEND = 0x40;
export const QTEXCL = 0x20;
export const QTAUTH = 0x08;
export const QTTMP = 0x04;
export const QTFILE = 0;

export const DMDIR = 0x80000000;
export const DMAPPEND = 0x40000000;
export const DMEXCL = 0x20000000;
export const DMAUTH = 0x08000000;
export const DMTMP = 0x04000000;
export const DMREAD = 4;
export const DMWRITE = 2;
export const DMEXEC = 1;

export const OREAD = 0;
export const OWRITE = 1;
export const ORDWR = 2;
export const OEXEC = 3;
export const OTRUNC = 0x10;
export const ORCLOSE = 0x40;

/** The don't-touch values of a Twstat, stat(5); the one for text is the empty string. */
export const NOTOUCH16 = 0xffff;
export const NOTOUCH32 = 0xffffffff;
export const NOTOUCH64 = 0xffffffffffffffffn;
export const NOTOUCH8 = 0xff;

export const Tversion = 100;
export const Rversion = 101;
export const Tauth = 102;
export const Rauth = 103;
export const Tattach = 104;
export const Rattach = 105;
/** Illegal: there is no Terror, error(5). */
export const Terror = 106;
export const Rerror = 107;
export const Tflush = 108;
export const Rflush = 109;
export const Twalk = 110;
export const Rwalk = 111;
export const Topen = 112;
export const Ropen = 113;
export const Tcreate = 114;
export const Rcreate = 115;
export const Tread = 116;
export const Rread = 117;
export const Twrite = 118;
export const Rwrite = 119;
export const Tclunk = 120;
export const Rclunk = 121;
export const Tremove = 122;
export const Rremove = 123;
export const Tstat = 124;
export const Rstat = 125;
export const Twstat = 126;
export const Rwstat = 127;

/** True when a fid opened with `mode` may be read. */
export function canRead(mode: number): boolean {
  return (mode & 3) !== OWRITE;
}

/** True when a fid opened with `mode` may be written. */
export function canWrite(mode: number): boolean {
  return (mode & 3) === OWRITE || (mode & 3) === ORDWR;
}
