implement Net;

# Calls over a network that is files.

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";

Net: module
{
	init:	fn(nil: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	(ok, c) := sys->dial("echo!somewhere!7", nil);
	print("dial %d %s data %d ctl %d\n", ok, c.dir, c.dfd != nil, c.cfd != nil);
	sys->fprint(c.dfd, "hello");
	b := array[10] of byte;
	n := sys->pread(c.dfd, b, len b, big 0);
	print("echoed %s\n", string b[0:n]);
	(ok, c) = sys->announce("echo!*!9");
	print("announce %d %s ctl %d\n", ok, c.dir, c.cfd != nil);
	(ok, c) = sys->listen(c);
	print("listen %d %s\n", ok, c.dir);
	(ok, nil) = sys->dial("none!x!1", nil);
	print("no such network %d\n", ok);
	fd := sys->open("/net/requests", Sys->OREAD);
	b = array[1000] of byte;
	n = sys->read(fd, b, len b);
	print("%s\n", string b[0:n]);
}
