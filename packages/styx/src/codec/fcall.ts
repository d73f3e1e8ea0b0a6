/** The messages of 9P2000, intro(5), with their fields by the manual's names. */
import type * as C from '../constants.ts';
import type { Dir, Qid } from '../file.ts';

interface Tagged {
  /** 16 bits; NOTAG for version messages. */
  readonly tag: number;
}

export interface TversionCall extends Tagged {
  readonly type: typeof C.Tversion;
  readonly msize: number;
  readonly version: string;
}
export interface RversionCall extends Tagged {
  readonly type: typeof C.Rversion;
  readonly msize: number;
  readonly version: string;
}
export interface TauthCall extends Tagged {
  readonly type: typeof C.Tauth;
  readonly afid: number;
  readonly uname: string;
  readonly aname: string;
}
export interface RauthCall extends Tagged {
  readonly type: typeof C.Rauth;
  readonly aqid: Qid;
}
export interface TattachCall extends Tagged {
  readonly type: typeof C.Tattach;
  readonly fid: number;
  readonly afid: number;
  readonly uname: string;
  readonly aname: string;
}
export interface RattachCall extends Tagged {
  readonly type: typeof C.Rattach;
  readonly qid: Qid;
}
export interface RerrorCall extends Tagged {
  readonly type: typeof C.Rerror;
  readonly ename: string;
}
export interface TflushCall extends Tagged {
  readonly type: typeof C.Tflush;
  readonly oldtag: number;
}
export interface RflushCall extends Tagged {
  readonly type: typeof C.Rflush;
}
export interface TwalkCall extends Tagged {
  readonly type: typeof C.Twalk;
  readonly fid: number;
  readonly newfid: number;
  readonly wname: readonly string[];
}
export interface RwalkCall extends Tagged {
  readonly type: typeof C.Rwalk;
  readonly wqid: readonly Qid[];
}
export interface TopenCall extends Tagged {
  readonly type: typeof C.Topen;
  readonly fid: number;
  readonly mode: number;
}
export interface RopenCall extends Tagged {
  readonly type: typeof C.Ropen;
  readonly qid: Qid;
  readonly iounit: number;
}
export interface TcreateCall extends Tagged {
  readonly type: typeof C.Tcreate;
  readonly fid: number;
  readonly name: string;
  readonly perm: number;
  readonly mode: number;
}
export interface RcreateCall extends Tagged {
  readonly type: typeof C.Rcreate;
  readonly qid: Qid;
  readonly iounit: number;
}
export interface TreadCall extends Tagged {
  readonly type: typeof C.Tread;
  readonly fid: number;
  /** 64 bits on the wire; values past 2^53-1, which no file here reaches, are read as 2^53-1. */
  readonly offset: number;
  readonly count: number;
}
export interface RreadCall extends Tagged {
  readonly type: typeof C.Rread;
  readonly data: Uint8Array;
}
export interface TwriteCall extends Tagged {
  readonly type: typeof C.Twrite;
  readonly fid: number;
  /** As in TreadCall. */
  readonly offset: number;
  readonly data: Uint8Array;
}
export interface RwriteCall extends Tagged {
  readonly type: typeof C.Rwrite;
  readonly count: number;
}
export interface TclunkCall extends Tagged {
  readonly type: typeof C.Tclunk;
  readonly fid: number;
}
export interface RclunkCall extends Tagged {
  readonly type: typeof C.Rclunk;
}
export interface TremoveCall extends Tagged {
  readonly type: typeof C.Tremove;
  readonly fid: number;
}
export interface RremoveCall extends Tagged {
  readonly type: typeof C.Rremove;
}
export interface TstatCall extends Tagged {
  readonly type: typeof C.Tstat;
  readonly fid: number;
}
export interface RstatCall extends Tagged {
  readonly type: typeof C.Rstat;
  readonly stat: Dir;
}
export interface TwstatCall extends Tagged {
  readonly type: typeof C.Twstat;
  readonly fid: number;
  readonly stat: Dir;
}
export interface RwstatCall extends Tagged {
  readonly type: typeof C.Rwstat;
}

/** What a client sends. */
export type Tmsg =
  | TversionCall
  | TauthCall
  | TattachCall
  | TflushCall
  | TwalkCall
  | TopenCall
  | TcreateCall
  | TreadCall
  | TwriteCall
  | TclunkCall
  | TremoveCall
  | TstatCall
  | TwstatCall;

/** What a server answers. */
export type Rmsg =
  | RversionCall
  | RauthCall
  | RattachCall
  | RerrorCall
  | RflushCall
  | RwalkCall
  | RopenCall
  | RcreateCall
  | RreadCall
  | RwriteCall
  | RclunkCall
  | RremoveCall
  | RstatCall
  | RwstatCall;

export type Fcall = Tmsg | Rmsg;
