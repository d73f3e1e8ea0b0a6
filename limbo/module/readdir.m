# Directories read whole and sorted: readdir(2).

Readdir: module
{
	PATH:	con "/dis/lib/readdir.dis";

	# sort keys; or in DESCENDING to reverse, COMPACT to keep the first of each name in a union
	NAME, ATIME, MTIME, SIZE, NONE:	con iota;
	DESCENDING:	con (1<<5);

	# the entries and how many, or -1
	init:	fn(path: string, sortkey: int): (array of ref Sys->Dir, int);
	readall:	fn(fd: ref Sys->FD, sortkey: int): (array of ref Sys->Dir, int);
	sortdir:	fn(a: array of ref Sys->Dir, key: int): (array of ref Sys->Dir, int);

	COMPACT:	con (1<<4);
};
