implement Test;

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";
include "styx.m";
	styx: Styx;
	Tmsg, Rmsg: import styx;

Test: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

hex(a: array of byte): string
{
	s := "";
	for(i := 0; i < len a; i++)
		s += sys->sprint("%.2x", int a[i]);
	return s;
}

tcheck(t: ref Tmsg)
{
	a := t.pack();
	(n, m) := Tmsg.unpack(a);
	print("%s %d %d %d %d %s\n", t.text(), t.mtype(), t.packedsize(), len a, n, m.text());
	print("\t%s\n", hex(a));
	for(i := 0; i < len a; i++){
		(k, nil) := Tmsg.unpack(a[0:i]);
		if(k != 0)
			print("\tcut at %d: %d\n", i, k);
	}
	(k, nil) := Rmsg.unpack(a);
	print("\tas R: %d istmsg %d\n", k, styx->istmsg(a));
}

rcheck(r: ref Rmsg)
{
	a := r.pack();
	(n, m) := Rmsg.unpack(a);
	print("%s %d %d %d %d %s\n", r.text(), r.mtype(), r.packedsize(), len a, n, m.text());
	print("\t%s %d\n", hex(a), styx->istmsg(a));
}

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	styx = load Styx Styx->PATH;
	styx->init();
	q := Sys->Qid(16r123456789abcdef, 7, Sys->QTDIR);
	d := Sys->Dir("näme", "uid", "gid", "muid", q, Sys->DMDIR|8r755, 1, 2, big 1<<40, 'M', 3);
	tcheck(ref Tmsg.Version(Styx->NOTAG, 8216, "9P2000"));
	tcheck(ref Tmsg.Auth(1, 2, "user", "aname"));
	tcheck(ref Tmsg.Attach(1, 2, Styx->NOFID, "user", ""));
	tcheck(ref Tmsg.Flush(1, 2));
	tcheck(ref Tmsg.Walk(1, 2, 3, nil));
	tcheck(ref Tmsg.Walk(1, 2, 3, array[] of {"usr", "", "né"}));
	tcheck(ref Tmsg.Open(1, 2, 16));
	tcheck(ref Tmsg.Create(1, 2, "file", Sys->DMDIR|8r777, 1));
	tcheck(ref Tmsg.Read(1, 2, big 1<<33, 4096));
	tcheck(ref Tmsg.Write(1, 2, big 5, array of byte "data"));
	tcheck(ref Tmsg.Write(1, 2, big 5, array[0] of byte));
	tcheck(ref Tmsg.Clunk(1, 2));
	tcheck(ref Tmsg.Stat(1, 2));
	tcheck(ref Tmsg.Remove(1, -2));
	tcheck(ref Tmsg.Wstat(1, 2, d));
	tcheck(ref Tmsg.Wstat(1, 2, sys->nulldir));
	rcheck(ref Rmsg.Version(Styx->NOTAG, 8216, "unknown"));
	rcheck(ref Rmsg.Auth(1, q));
	rcheck(ref Rmsg.Attach(1, q));
	rcheck(ref Rmsg.Flush(1));
	rcheck(ref Rmsg.Error(1, "permission denied"));
	rcheck(ref Rmsg.Clunk(1));
	rcheck(ref Rmsg.Remove(1));
	rcheck(ref Rmsg.Wstat(1));
	rcheck(ref Rmsg.Walk(1, array[] of {q, q}));
	rcheck(ref Rmsg.Walk(1, nil));
	rcheck(ref Rmsg.Create(1, q, 8192));
	rcheck(ref Rmsg.Open(1, q, 0));
	rcheck(ref Rmsg.Read(1, array of byte "abc"));
	rcheck(ref Rmsg.Write(65535, 3));
	rcheck(ref Rmsg.Stat(1, d));
	a := styx->packdir(d);
	print("%d %d %s\n", styx->packdirsize(d), len a, hex(a));
	(n, e) := styx->unpackdir(a);
	print("%d %s %s\n", n, styx->dir2text(e), e.muid);
	(n, nil) = styx->unpackdir(a[0:len a-1]);
	print("%d\n", n);
	(n, nil) = styx->unpackdir(nil);
	print("%d\n", n);
	print("%s %d\n", styx->qid2text(q), styx->utflen("a→é"));
	vers := array[] of {"9P2000", "9P2000.L", "9P1999", "9P", "9Pfoo", "8P2000", "", "9P2001", "9P2000x"};
	for(i := 0; i < len vers; i++){
		(m, v) := styx->compatible(ref Tmsg.Version(0, 100*i, vers[i]), 500, Styx->VERSION);
		print("%s %d %s\n", vers[i], m, v);
	}
	# over a pipe
	p := array[2] of ref Sys->FD;
	sys->pipe(p);
	spawn sender(p[1]);
	fd := p[0];
	p = nil;
	while((t := Tmsg.read(fd, 100)) != nil){
		print("%s\n", t.text());
		if(tagof t == tagof Tmsg.Readerror)
			break;
	}
	fd = nil;
	p = array[2] of ref Sys->FD;
	sys->pipe(p);
	spawn bad(p[1]);
	fd = p[0];
	p = nil;
	for(i = 0; i < 2; i++)
		print("%s\n", Tmsg.read(fd, 0).text());
	print("%d\n", Rmsg.read(fd, 0) == nil);
	print("%d %d\n", len (ref Tmsg.Readerror(0, "x")).pack(), (ref Rmsg.Readerror(0, "x")).packedsize());
	print("%s\n", (ref Tmsg.Readerror(0, "x")).text());
}

sender(fd: ref Sys->FD)
{
	for(i := 0; i < 3; i++){
		a := (ref Tmsg.Clunk(i, i*10)).pack();
		sys->write(fd, a, len a);
	}
	a := (ref Tmsg.Write(9, 1, big 0, array[200] of byte)).pack();
	sys->write(fd, a, len a);
}

bad(fd: ref Sys->FD)
{
	a := (ref Rmsg.Flush(3)).pack();
	sys->write(fd, a, len a);
	a = array[] of {byte 4, byte 0, byte 0, byte 0};
	sys->write(fd, a, len a);
}
