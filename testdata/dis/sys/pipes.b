implement Pipes;

# Pipes, and files that close when the last reference to them goes.

include "sys.m";
	sys: Sys;
	print, sprint: import sys;
include "draw.m";

Pipes: module
{
	init:	fn(nil: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	p := array[2] of ref Sys->FD;
	print("pipe %d\n", sys->pipe(p));
	print("short array %d\n", sys->pipe(array[1] of ref Sys->FD));
	sys->fprint(p[0], "one");
	sys->fprint(p[0], "two");
	b := array[100] of byte;
	n := sys->read(p[1], b, len b);
	print("%d %s\n", n, string b[0:n]);
	n = sys->read(p[1], b, 2);
	print("%d %s\n", n, string b[0:n]);
	n = sys->read(p[1], b, len b);
	print("%d %s\n", n, string b[0:n]);
	sys->fprint(p[1], "back");
	n = sys->readn(p[0], b, 4);
	print("%d %s\n", n, string b[0:n]);

	# A reader sees the end when the writer's last reference goes.
	done := chan of string;
	spawn reader(p[1], done);
	sys->fprint(p[0], "a line");
	p[0] = nil;
	p[1] = nil;
	print("%s\n", <-done);

	# Not while somebody else has it.
	sys->pipe(p);
	spawn reader(p[1], done);
	q := p[0];
	p[0] = nil;
	sys->fprint(q, "still open");
	q = nil;
	print("%s\n", <-done);

	# A function's own references go when it returns; those in adts, lists and arrays with what holds them.
	p = nil;
	spawn reader(half(), done);
	print("%s\n", <-done);
	p = array[2] of ref Sys->FD;
	sys->pipe(p);
	spawn reader(p[1], done);
	l := p[0] :: nil;
	p = nil;
	sys->fprint(hd l, "in a list");
	l = nil;
	print("%s\n", <-done);

	# A process's references go with it.
	p = array[2] of ref Sys->FD;
	sys->pipe(p);
	spawn reader(p[1], done);
	spawn writer(p[0]);
	p = nil;
	print("%s\n", <-done);

	# Writing when nobody can read any more is an exception.
	p = array[2] of ref Sys->FD;
	sys->pipe(p);
	p[1] = nil;
	{
		n = sys->fprint(p[0], "x");
		print("%d\n", n);
	} exception e {
	"*" =>
		print("%s\n", e);
	}

	# A full pipe makes the writer wait.
	p = array[2] of ref Sys->FD;
	sys->pipe(p);
	spawn filler(p[0], done);
	p[0] = nil;
	total := 0;
	while((n = sys->read(p[1], b, len b)) > 0)
		total += n;
	print("%d %s\n", total, <-done);

	# stream copies until the end.
	in := array[2] of ref Sys->FD;
	out := array[2] of ref Sys->FD;
	sys->pipe(in);
	sys->pipe(out);
	spawn reader(out[1], done);
	out[1] = nil;
	sys->fprint(in[0], "some bytes ");
	sys->fprint(in[0], "to copy");
	in[0] = nil;
	print("stream %d\n", sys->stream(in[1], out[0], 4));
	out[0] = nil;
	print("%s\n", <-done);
	print("stream of nothing %d\n", sys->stream(nil, nil, 10));
}

half(): ref Sys->FD
{
	p := array[2] of ref Sys->FD;
	sys->pipe(p);
	sys->fprint(p[0], "from a function");
	return p[1];
}

reader(fd: ref Sys->FD, done: chan of string)
{
	s := "";
	b := array[10] of byte;
	while((n := sys->read(fd, b, len b)) > 0)
		s += string b[0:n];
	done <-= sprint("end %d after %s", n, s);
}

writer(fd: ref Sys->FD)
{
	sys->fprint(fd, "by a process");
}

filler(fd: ref Sys->FD, done: chan of string)
{
	b := array[1000] of {* => byte 'x'};
	for(i := 0; i < 200; i++)
		if(sys->write(fd, b, len b) != len b)
			break;
	fd = nil;
	done <-= sprint("wrote %d blocks", i);
}
