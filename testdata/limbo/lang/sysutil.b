implement Sysutil;

# the parts of Sys that need no files: strings, UTF-8, tokenize, pipes, lists of file descriptors

include "sys.m";
	sys: Sys;
	print, tokenize, byte2char, char2byte, utfbytes: import sys;
include "draw.m";

Sysutil: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

show(s, d: string)
{
	(n, l) := tokenize(s, d);
	print("%d:", n);
	for(; l != nil; l = tl l)
		print(" <%s>", hd l);
	print("\n");
}

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	show("a b c", " ");
	show("", " ");
	show("   ", " ");
	show("/usr/inferno/lib/", "/");
	show("a,b;c,,d", ",;");
	show("none", "xyz");
	show("naïve → test", "→ ï");
	b := array of byte "aé→z";
	for(i := 0; i < len b;){
		c, n, ok: int;
		(c, n, ok) = byte2char(b, i);
		print("%x %d %d\n", c, n, ok);
		i += n;
	}
	bad := array[] of {byte 16rff, byte 16rc3, byte 16re2, byte 16r86};
	(c, n, ok) := byte2char(bad, 0);
	print("%x %d %d\n", c, n, ok);
	(c, n, ok) = byte2char(bad, 2);
	print("%d %d %d\n", c, n, ok);
	u := array[8] of {* => byte 0};
	n = char2byte('→', u, 1);
	print("%d %x %x %x\n", n, int u[1], int u[2], int u[3]);
	print("%d %d\n", char2byte('→', u, 6), char2byte('a', u, 7));
	print("%d %d %d\n", utfbytes(b, 1), utfbytes(b, 2), utfbytes(b, 6));
	fds := array[2] of ref Sys->FD;
	print("%d\n", sys->pipe(fds));
	print("%d\n", sys->fprint(fds[0], "through a pipe"));
	buf := array[20] of byte;
	n = sys->read(fds[1], buf, len buf);
	print("%d %s\n", n, string buf[0:n]);
	sys->write(fds[1], array of byte "0123456789", 10);
	n = sys->readn(fds[0], buf, 4);
	print("%d %s\n", n, string buf[0:n]);
	n = sys->read(fds[0], buf, len buf);
	print("%d %s\n", n, string buf[0:n]);
	# the end of file when the last reference to the other end has gone
	fds[1] = nil;
	print("%d\n", sys->read(fds[0], buf, len buf));
	fd := sys->open("/no/such/file", Sys->OREAD);
	print("%d\n", fd == nil);
	print("%d\n", sys->fildes(99) == nil);
	t := sys->millisec();
	sys->sleep(2);
	print("%d\n", sys->millisec() - t >= 1);
	print("%d %d %d\n", Sys->ATOMICIO, Sys->NAMEMAX, Sys->UTFmax);
	print("%x %x\n", Sys->DMDIR, Sys->QTDIR);
	print("%d %d\n", sys->pctl(0, nil) > 0, sys->utfbytes(buf, 0));
}
