implement Mount;

# A tree served by 9P on one end of a pipe, mounted from the other.

include "sys.m";
	sys: Sys;
	print, sprint: import sys;
include "draw.m";

Mount: module
{
	init:	fn(nil: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	sys->pctl(Sys->FORKNS, nil);
	sys->create("/tmp/tree", Sys->OREAD, Sys->DMDIR | 8r777);
	put("/tmp/tree/f", "a file");
	p := array[2] of ref Sys->FD;
	sys->pipe(p);
	print("export nothing %d\n", sys->export(p[1], "/tmp/none", Sys->EXPASYNC));
	done := chan of int;
	spawn exporter(p[1], done);
	p[1] = nil;
	(m, v) := sys->fversion(p[0], 8192, "9P2000");
	print("fversion %d %s\n", m, v);
	print("fauth %d\n", sys->fauth(p[0], "") != nil);
	print("mount %d\n", sys->mount(p[0], nil, "/mnt", Sys->MREPL | Sys->MCREATE, "") > 0);
	show("/mnt/f");
	put("/mnt/g", "made through the mount");
	show("/tmp/tree/g");
	show("/mnt/none");
	fd := sys->open("/mnt/f", Sys->OREAD);
	print("path %s\n", sys->fd2path(fd));
	(nil, d) := sys->stat("/mnt/f");
	print("stat %s %bd %c\n", d.name, d.length, d.dtype);
	(n, dirs) := sys->dirread(sys->open("/mnt", Sys->OREAD));
	print("dirread %d %d\n", n, len dirs);
	print("remove %d\n", sys->remove("/mnt/g"));
	b := array[20000] of {* => byte 'z'};
	big1 := sys->create("/mnt/big", Sys->ORDWR, 8r666);
	print("large write %d\n", sys->write(big1, b, len b));
	sys->seek(big1, big 0, Sys->SEEKSTART);
	print("readn %d\n", sys->readn(big1, b, len b));
	big1 = nil;
	sys->remove("/tmp/tree/big");
	print("unmount %d\n", sys->unmount(nil, "/mnt"));
	n = sys->read(fd, b, 6);
	print("an open file lives on %d %s\n", n, string b[0:n]);
	fd = nil;
	p[0] = nil;
	print("export ended %d\n", <-done);
	print("mount no fd %d\n", sys->mount(nil, nil, "/mnt", Sys->MREPL, ""));
}

exporter(fd: ref Sys->FD, done: chan of int)
{
	sys->pctl(Sys->NEWFD, 1 :: 2 :: fd.fd :: nil);
	r := sys->export(fd, "/tmp/tree", Sys->EXPWAIT);
	done <-= r;
}

put(name, s: string)
{
	fd := sys->create(name, Sys->OWRITE, 8r666);
	if(fd == nil)
		print("cannot create %s\n", name);
	sys->fprint(fd, "%s", s);
}

show(name: string)
{
	fd := sys->open(name, Sys->OREAD);
	if(fd == nil){
		print("%s: not there\n", name);
		return;
	}
	b := array[100] of byte;
	n := sys->read(fd, b, len b);
	print("%s: %s\n", name, string b[0:n]);
}
