/** Flags of bind and mount, sys-bind(2), and other numbers of Sys. */

/** The new file replaces the old one. */
export const MREPL = 0;
/** The new directory goes before the members of the union. */
export const MBEFORE = 1;
/** The new directory goes after the members of the union. */
export const MAFTER = 2;
/** Files may be created in the new directory. */
export const MCREATE = 4;
/** Accepted and remembered; nothing here caches. */
export const MCACHE = 16;
export const MORDER = 3;
export const MMASK = 0x17;

/** Create fails when the file exists, sys-open(2); only for the create call, never in a message. */
export const OEXCL = 0x1000;

export const SEEKSTART = 0;
export const SEEKRELA = 1;
export const SEEKEND = 2;
