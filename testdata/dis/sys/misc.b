implement Misc;

# Time, networks where there are none, and modules that are not there.

include "sys.m";
	sys: Sys;
	print, sprint: import sys;
include "draw.m";
	draw: Draw;
include "bufio.m";

Misc: module
{
	init:	fn(nil: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	for(; argv != nil; argv = tl argv)
		if(hd argv == "-n")
			print("%s\n", hd argv);
	t := sys->millisec();
	print("sleep %d\n", sys->sleep(30));
	t = sys->millisec() - t;
	print("slept %d\n", t >= 29 && t < 5000);
	c := chan of int;
	for(i := 0; i < 5; i++)
		spawn sleeper(c, (5 - i) * 20);
	for(i = 0; i < 5; i++)
		print(" %d", <-c);
	print("\n");
	(ok, conn) := sys->dial("tcp!127.0.0.1!1", nil);
	print("dial %d %d %d '%s'\n", ok, conn.dfd == nil, conn.cfd == nil, conn.dir);
	(ok, conn) = sys->announce("no dial string");
	print("announce %d %d %r\n", ok, conn.cfd == nil);
	conn.dir = "/tmp/none";
	(ok, conn) = sys->listen(conn);
	print("listen %d\n", ok);
	b := load Bufio "/dis/none.dis";
	print("load %d\n", b == nil);
	b = load Bufio "$None";
	print("load builtin %d %r\n", b == nil);
	sys->fprint(sys->fildes(2), "to the error file\n");
	print("no fd: stat %d", (sys->fstat(nil)).t0);
	print(" fwstat %d", sys->fwstat(nil, sys->nulldir));
	print(" seek %bd\n", sys->seek(nil, big 0, 0));
	{
		print("iounit %d\n", sys->iounit(nil));
	} exception e {
	"*" =>
		print("iounit raises %s\n", e);
	}
}

sleeper(c: chan of int, ms: int)
{
	sys->sleep(ms);
	c <-= ms;
}
