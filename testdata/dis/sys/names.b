implement Names;

# Name spaces: bind, unmount, chdir, and what pctl gives a process of its own.

include "sys.m";
	sys: Sys;
	print, sprint: import sys;
include "draw.m";

Names: module
{
	init:	fn(nil: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	sys->pctl(Sys->FORKNS, nil);
	for(l := "a" :: "b" :: "c" :: nil; l != nil; l = tl l){
		sys->create("/tmp/" + hd l, Sys->OREAD, Sys->DMDIR | 8r777);
		put("/tmp/" + hd l + "/f", "in " + hd l);
		put("/tmp/" + hd l + "/only" + hd l, "only in " + hd l);
	}
	show("/tmp/a/f");
	print("bind %d\n", sys->bind("/tmp/b", "/tmp/a", Sys->MREPL) > 0);
	show("/tmp/a/f");
	print("unmount %d\n", sys->unmount(nil, "/tmp/a"));
	show("/tmp/a/f");
	print("unmount again %d\n", sys->unmount(nil, "/tmp/a"));
	sys->bind("/tmp/b", "/tmp/a", Sys->MBEFORE);
	show("/tmp/a/f");
	show("/tmp/a/onlya");
	show("/tmp/a/onlyb");
	sys->bind("/tmp/c", "/tmp/a", Sys->MAFTER);
	show("/tmp/a/onlyc");
	show("/tmp/a/f");
	print("create in the union %d\n", sys->create("/tmp/a/new", Sys->OWRITE, 8r666) != nil);
	sys->unmount(nil, "/tmp/a");
	sys->bind("/tmp/b", "/tmp/a", Sys->MBEFORE);
	sys->bind("/tmp/c", "/tmp/a", Sys->MAFTER | Sys->MCREATE);
	fd := sys->create("/tmp/a/new", Sys->OWRITE, 8r666);
	print("create with MCREATE %d\n", fd != nil);
	fd = nil;
	show("/tmp/c/new");
	print("unmount one %d\n", sys->unmount("/tmp/b", "/tmp/a"));
	show("/tmp/a/f");
	print("not there %d\n", sys->unmount("/tmp/b", "/tmp/a"));
	sys->unmount(nil, "/tmp/a");
	print("bind a file %d\n", sys->bind("/tmp/b/f", "/tmp/a/f", Sys->MREPL) > 0);
	show("/tmp/a/f");
	sys->unmount(nil, "/tmp/a/f");
	print("file on a directory %d\n", sys->bind("/tmp/b/f", "/tmp/a", Sys->MREPL));
	print("nothing on it %d\n", sys->bind("/tmp/none", "/tmp/a", Sys->MREPL));
	print("bad flags %d\n", sys->bind("/tmp/b", "/tmp/a", 3));

	print("chdir %d\n", sys->chdir("/tmp/b"));
	show("f");
	show("../c/f");
	show("./../a/f");
	print("chdir to a file %d\n", sys->chdir("f"));
	print("chdir to nothing %d\n", sys->chdir("zz"));

	# A child shares the name space until it forks it.
	c := chan of int;
	spawn child(0, c);
	<-c;
	show("/tmp/a/f");
	sys->unmount(nil, "/tmp/a");
	spawn child(Sys->FORKNS, c);
	<-c;
	show("/tmp/a/f");
	spawn rooted(c);
	<-c;
	show("/tmp/b/f");

	# File descriptors.
	fd = sys->open("/tmp/a/f", Sys->OREAD);
	n := fd.fd;
	spawn fds(Sys->FORKFD, n, c);
	print("closed in the child only %d\n", <-c);
	print("still open here %s\n", sys->fd2path(sys->fildes(n)));
	spawn newfds(n, c);
	<-c;

	# Environment, devices and process groups.
	print("pid %d\n", sys->pctl(0, nil) > 0);
	put("#e/x", "value");
	show("#e/x");
	spawn env(Sys->FORKENV, c);
	<-c;
	show("#e/x");
	spawn env(Sys->NEWENV, c);
	<-c;
	show("#e/x");
	spawn nodevs(c);
	<-c;
	show("#e/x");
	spawn group(c);
	<-c;
}

put(name, s: string)
{
	fd := sys->create(name, Sys->OWRITE, 8r666);
	if(fd == nil)
		print("cannot create %s\n", name);
	sys->fprint(fd, "%s", s);
}

get(name: string): string
{
	fd := sys->open(name, Sys->OREAD);
	if(fd == nil)
		return "not there";
	b := array[100] of byte;
	n := sys->read(fd, b, len b);
	return string b[0:n];
}

show(name: string)
{
	print("%s: %s\n", name, get(name));
}

child(flags: int, c: chan of int)
{
	if(flags)
		sys->pctl(flags, nil);
	sys->bind("/tmp/c", "/tmp/a", Sys->MREPL);
	show("/tmp/a/f");
	c <-= 0;
}

rooted(c: chan of int)
{
	sys->chdir("/tmp/b");
	sys->pctl(Sys->NEWNS, nil);
	show("/f");
	show("/../f");
	show("/tmp/b/f");
	c <-= 0;
}

fds(flags, n: int, c: chan of int)
{
	sys->pctl(flags, nil);
	ok := sys->fildes(n) != nil;
	sys->dup(1, n);
	c <-= ok;
}

newfds(n: int, c: chan of int)
{
	sys->pctl(Sys->NEWFD, 1 :: 2 :: nil);
	print("kept %d %d, not kept %d %d\n", sys->fildes(1) != nil, sys->fildes(2) != nil, sys->fildes(0) != nil, sys->fildes(n) != nil);
	c <-= 0;
}

env(flags: int, c: chan of int)
{
	sys->pctl(flags, nil);
	show("#e/x");
	put("#e/x", "changed");
	show("#e/x");
	c <-= 0;
}

nodevs(c: chan of int)
{
	sys->pctl(Sys->FORKNS | Sys->NODEVS, nil);
	print("srv %d pipe %d cons %d\n", sys->bind("#s", "/tmp/a", Sys->MREPL) > 0, sys->open("#|/data", Sys->ORDWR) != nil, sys->open("#c/null", Sys->OREAD) != nil);
	c <-= 0;
}

group(c: chan of int)
{
	pid := sys->pctl(Sys->NEWPGRP, nil);
	d := chan of int;
	spawn sleeper(d);
	child := <-d;
	spawn sleeper(d);
	other := <-d;
	print("same group %d\n", int get(sprint("/prog/%d/pgrp", child)) == pid);
	fd := sys->open(sprint("/prog/%d/ctl", other), Sys->OWRITE);
	print("kill %d\n", sys->fprint(fd, "kill"));
	sys->sleep(10);
	print("gone %d, there %d\n", sys->open(sprint("/prog/%d/ctl", other), Sys->OWRITE) == nil, sys->open(sprint("/prog/%d/ctl", child), Sys->OWRITE) != nil);
	fd = sys->open(sprint("/prog/%d/ctl", pid), Sys->OWRITE);
	c <-= 0;
	sys->fprint(fd, "killgrp");
	sys->sleep(100);
	print("not reached\n");
}

sleeper(d: chan of int)
{
	d <-= sys->pctl(0, nil);
	sys->sleep(100000);
	print("not reached\n");
}
