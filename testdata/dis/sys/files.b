implement Files;

# Files: create, open, read, write, seek, stat and what else works on one file.
# Prints nothing that depends on the time or on who serves the files.

include "sys.m";
	sys: Sys;
	print, sprint: import sys;
include "draw.m";

Files: module
{
	init:	fn(nil: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	dir := "/tmp/files";
	d := sys->create(dir, Sys->OREAD, Sys->DMDIR | 8r755);
	print("mkdir %d\n", d != nil);
	f := dir + "/a";
	fd := sys->create(f, Sys->ORDWR, 8r644);
	print("create %d\n", fd != nil);
	print("path %s\n", sys->fd2path(fd));
	buf := array of byte "hello, world\n";
	print("write %d\n", sys->write(fd, buf, len buf));
	print("write 5 %d\n", sys->write(fd, buf, 5));
	print("write more than there is %d\n", sys->write(fd, buf, 1000));
	print("write nil %d, less than nothing %d\n", sys->write(fd, nil, 3), sys->write(fd, buf, -1));
	print("seek %bd\n", sys->seek(fd, big 0, Sys->SEEKSTART));
	b := array[100] of {* => byte '.'};
	print("read 5 %d %s\n", sys->read(fd, b, 5), string b[0:6]);
	print("relative %bd\n", sys->seek(fd, big 2, Sys->SEEKRELA));
	n := sys->read(fd, b, len b);
	print("read rest %d %s\n", n, string b[0:n]);
	print("at end %d\n", sys->read(fd, b, len b));
	print("from end %bd\n", sys->seek(fd, big -4, Sys->SEEKEND));
	n = sys->read(fd, b, 3);
	print("read %d %s\n", n, string b[0:n]);
	print("bad seek %bd\n", sys->seek(fd, big -100, Sys->SEEKSTART));
	print("pread %d %s\n", sys->pread(fd, b, 5, big 7), string b[0:5]);
	print("pwrite %d\n", sys->pwrite(fd, array of byte "WORLD", 5, big 7));
	sys->seek(fd, big 0, Sys->SEEKSTART);
	print("readn %d %s\n", sys->readn(fd, b, 12), string b[0:12]);
	print("readn past the end %d\n", sys->readn(fd, b, 100));

	(ok, st) := sys->fstat(fd);
	print("fstat %d %s %bd mode %uo dir %d\n", ok, st.name, st.length, st.mode, st.qid.qtype & Sys->QTDIR);
	(ok, st) = sys->stat(dir);
	print("stat %d %s %d mode %uo dir %d\n", ok, st.name, st.mode & Sys->DMDIR, st.mode & 8r777, st.qid.qtype & Sys->QTDIR);

	# Truncation, and reading what was written by somebody else.
	fd2 := sys->create(f, Sys->OWRITE, 8r600);
	(nil, st) = sys->fstat(fd);
	print("after create %bd %uo\n", st.length, st.mode & 8r777);
	sys->fprint(fd2, "line %d\n", 1);
	fd2 = sys->open(f, Sys->OWRITE);
	sys->seek(fd2, big 0, Sys->SEEKEND);
	sys->fprint(fd2, "line %s\n", "two");
	fd2 = nil;
	fd = sys->open(f, Sys->OREAD);
	n = sys->read(fd, b, len b);
	print("%s", string b[0:n]);
	print("write to a file that is open to read %d\n", sys->write(fd, b, 1));
	fd = sys->open(f, Sys->OREAD | Sys->OTRUNC);
	(nil, st) = sys->stat(f);
	print("truncated %bd\n", st.length);

	# Numbers of files.
	fd = sys->open(f, Sys->ORDWR);
	x := sys->dup(fd.fd, -1);
	print("dup %d\n", x > fd.fd);
	y := sys->dup(fd.fd, 20);
	print("dup to %d\n", y);
	g := sys->fildes(20);
	print("same file %s\n", sys->fd2path(g));
	print("written through the other %d\n", sys->fprint(g, "xyz"));
	print("shared offset %bd\n", sys->seek(fd, big 0, Sys->SEEKRELA));
	print("no such fd: dup %d, fildes %d\n", sys->dup(77, -1), sys->fildes(78) != nil);
	nilfd: ref Sys->FD;
	print("nil fd: read %d write %d path '%s'\n", sys->read(nilfd, b, 1), sys->write(nilfd, b, 1), sys->fd2path(nilfd));

	# Changing what is said of a file.
	ws := sys->nulldir;
	ws.name = "b";
	ws.mode = 8r600;
	print("wstat %d\n", sys->wstat(f, ws));
	(ok, st) = sys->stat(f);
	print("old name %d\n", ok);
	f = dir + "/b";
	(ok, st) = sys->stat(f);
	print("new name %d %s %uo\n", ok, st.name, st.mode & 8r777);
	ws = sys->nulldir;
	ws.length = big 2;
	print("fwstat %d\n", sys->fwstat(fd, ws));
	(ok, st) = sys->stat(f);
	print("length %bd\n", st.length);
	ws = sys->nulldir;
	print("nothing changes %d\n", sys->wstat(f, ws));

	# Directories.
	for(i := 0; i < 5; i++)
		sys->create(dir + "/" + string i, Sys->OWRITE, 8r666);
	sys->create(dir + "/sub", Sys->OREAD, Sys->DMDIR | 8r777);
	fd = sys->open(dir, Sys->OREAD);
	names := array[20] of string;
	k := 0;
	for(;;){
		(m, dirs) := sys->dirread(fd);
		if(m <= 0){
			print("end %d %d\n", m, len dirs);
			break;
		}
		for(i = 0; i < m; i++)
			names[k++] = sprint("%s%c", dirs[i].name, mark(dirs[i].mode));
	}
	for(i = 0; i < k; i++)
		for(j := i + 1; j < k; j++)
			if(names[j] < names[i])
				(names[i], names[j]) = (names[j], names[i]);
	for(i = 0; i < k; i++)
		print("%s\n", names[i]);
	sys->seek(fd, big 0, Sys->SEEKSTART);
	(m, nil) := sys->dirread(fd);
	print("again %d\n", m == k);
	(m, nil) = sys->dirread(sys->open(f, Sys->OREAD));
	print("dirread of a file %d\n", m);
	print("remove full %d\n", sys->remove(dir));
	for(i = 0; i < k; i++)
		if((r := sys->remove(dir + "/" + names[i][0:len names[i]-1])) != 0)
			print("remove %s: %r\n", names[i]);
	print("remove %d\n", sys->remove(dir));
	print("gone %d\n", sys->remove(dir));
	print("open %d\n", sys->open(dir, Sys->OREAD) != nil);
	print("create nowhere %d\n", sys->create("/tmp/no/such", Sys->OWRITE, 8r666) != nil);

	# Exclusive creation, and removal on close.
	fd = sys->create("/tmp/excl", Sys->OWRITE | Sys->OEXCL, 8r666);
	print("exclusive %d\n", fd != nil);
	print("again %d\n", sys->create("/tmp/excl", Sys->OWRITE | Sys->OEXCL, 8r666) != nil);
	fd = sys->open("/tmp/excl", Sys->OWRITE | Sys->ORCLOSE);
	fd = nil;
	(ok, nil) = sys->stat("/tmp/excl");
	print("removed on close %d\n", ok);
	print("iounit %d\n", sys->iounit(sys->open("/tmp", Sys->OREAD)) >= 0);
}

mark(mode: int): int
{
	if(mode & Sys->DMDIR)
		return '/';
	return ' ';
}
