implement Fauth;

# Mounts a server that asks for a password, over a file that is a connection to it.

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";

Fauth: module
{
	init:	fn(nil: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	fd := sys->open("/net/conn", Sys->ORDWR);
	print("without proof %d\n", sys->mount(fd, nil, "/mnt", Sys->MREPL, ""));
	afd := sys->fauth(fd, "");
	print("fauth %d\n", afd != nil);
	sys->fprint(afd, "guess");
	print("with a guess %d\n", sys->mount(fd, afd, "/mnt", Sys->MREPL, ""));
	afd = sys->fauth(fd, "");
	sys->fprint(afd, "sesame");
	b := array[20] of byte;
	n := sys->read(afd, b, len b);
	print("%s\n", string b[0:n]);
	print("with the password %d\n", sys->mount(fd, afd, "/mnt", Sys->MREPL, "") > 0);
	(ok, d) := sys->stat("/mnt/hello");
	print("%d %s\n", ok, d.name);
	print("not an auth file %d\n", sys->mount(fd, fd, "/mnt", Sys->MREPL, ""));
}
