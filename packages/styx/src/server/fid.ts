import type { File, Qid } from '../file.ts';
import type { Conversation } from './auth.ts';
import type { Request } from './request.ts';

/** What a client's number stands for. */
export class Fid {
  readonly id: number;
  /** User name of the attach that it comes from. */
  uname: string;
  readonly aname: string;
  /** Undefined while the walk or attach that makes it is under way, when that failed, and for an afid. */
  file: File | undefined;
  /** Of an afid. */
  auth: Conversation | undefined;
  qid: Qid | undefined;
  /** Mode that it was opened with, or -1. */
  mode: number = -1;
  /** Where the next read of a directory must begin, if not at 0. */
  dirOffset: number = 0;
  /** The request that is changing what this fid stands for; those that name it meanwhile wait in `queue`. */
  busy: Request | undefined;
  queue: Request[] | undefined;
  /** The queue is being worked off. */
  draining: boolean = false;
  /** Requests under way that use `file`. */
  users: number = 0;
  /** What to do when the last user is gone: clunked while in use. */
  onIdle: (() => void) | undefined;

  constructor(id: number, uname: string, aname: string) {
    this.id = id;
    this.uname = uname;
    this.aname = aname;
  }
}
