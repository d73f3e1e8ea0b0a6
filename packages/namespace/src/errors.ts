/** The words of this package's errors, which are the Inferno kernel's; those about plain files are styx's. */

export const Emount = 'inconsistent mount';
export const Eunmount = 'not mounted';
export const Eunion = 'not in union';
export const Enocreate = 'mounted directory forbids creation';
export const Ebadsharp = 'unknown device in # filename';
export const Ebadchar = 'bad character in file name';
export const Eempty = 'empty file name';
export const Elongname = 'name too long';
export const Ebadusefd = 'inappropriate use of fd';
export const Ebadfd = 'fd out of range or not open';
export const Enofd = 'no free file descriptors';
export const Ehungup = 'i/o on hungup channel';
export const Eisstream = 'seek on a stream';
export const Enegoff = 'negative i/o offset';
export const Etoosmall = 'read or write too small';
export const Enoattach = 'mount/attach disallowed';
export const Ebadspec = 'bad attach specifier';
export const Ethread = 'thread exited';
export const Edoesnotexist = 'does not exist';
export const Enodmdir = 'create without DMDIR';
export const Eexecdir = 'cannot exec directory';
export const Enoenv = 'no free environment resources';
export const Eclosed = 'name space is closed';
export const Enosrv = 'directory not a srv device';
