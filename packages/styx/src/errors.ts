/**
 * Every error of this package: a short sentence that goes into Rerror, into an exception and onto a terminal alike.
 * The words are those that Inferno's file servers use, so that programs that match on them find what they expect.
 */

/** What an operation on files rejects with; `message` is the ename of an Rerror. */
export class StyxError extends Error {
  override readonly name: string = 'StyxError';
}

/** The bytes break the protocol: after this a connection can't be trusted. */
export class ProtocolError extends StyxError {
  override readonly name: string = 'ProtocolError';
}

/** The connection is gone; every call that was outstanding rejects with one of these, once. */
export class HangupError extends StyxError {
  override readonly name: string = 'HangupError';
}

// Files, as in styxservers(2) and errors of the kernel.
export const Eperm = 'permission denied';
export const Enotfound = 'file does not exist';
export const Eexists = 'file already exists';
export const Enotdir = 'not a directory';
export const Eisdir = 'file is a directory';
export const Enotempty = 'directory not empty';
export const Einuse = 'file is in use';
export const Eexcl = 'exclusive use file already open';
export const Ename = 'illegal name';
export const Etoolong = 'file name too long';
export const Eio = 'i/o error';
export const Enospace = 'file system full';
export const Etoobig = 'file too large';
export const Ereadonly = 'file system is read only';
export const Ebadctl = 'unknown control request';
export const Ebadarg = 'bad arg in system call';
export const Enocreate = 'create prohibited';
export const Eremove = 'remove prohibited';
export const Ewstat = 'wstat prohibited';

// The protocol's own.
export const Eversion = 'no version message seen';
export const Emsize = 'message size too small';
export const Etype = 'unknown message type';
export const Eshort = 'message is shorter than its parameters';
export const Etrailing = 'message is longer than its parameters';
export const Eframe = 'bad message size';
export const Eutf = 'malformed UTF-8 in string';
export const Enul = 'NUL in string';
export const Elong = 'string too long';
export const Ebadstat = 'bad stat buffer';
export const Ebadqids = 'too many qids';
export const Ewalk = 'too many names in walk';
export const Edupfid = 'fid already in use';
export const Ebadfid = 'unknown fid';
export const Enofid = 'NOFID is not a fid';
export const Enotag = 'NOTAG is only for version';
export const Eduptag = 'duplicate tag';
export const Eopen = 'fid is already open';
export const Enotopenread = 'not open for read';
export const Enotopenwrite = 'not open for write';
export const Ewalkopen = 'walk of an open fid';
export const Emode = 'bad open mode';
export const Eperms = 'bad permissions';
export const Eoffset = 'bad offset';
export const Ecount = 'bad count';
export const Epart = 'file took only a part of the data';
export const Eover = 'file gave more than was asked';
export const Etoolarge = 'reply does not fit the message size';
export const Edirbit = 'wstat can not change the directory bit';
export const Einterrupted = 'interrupted';
export const Ehangup = 'connection is gone';
export const Eclosed = 'connection is closed';
export const Emanyfids = 'too many fids';
export const Emanyreqs = 'too many outstanding requests';
export const Enoauth = 'authentication not required';
export const Eneedauth = 'authentication required';
export const Eauth = 'authentication failed';
export const Eattach = 'attach does not match auth';
export const Eauthfile = 'not allowed on an authentication file';
export const Ereply = 'reply does not match its request';
export const Eclunked = 'file is clunked';
export const Edial = 'bad dial string';
