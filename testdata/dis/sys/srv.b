implement Srv;

# file2chan: a program serves files to others through channels.

include "sys.m";
	sys: Sys;
	print, sprint: import sys;
	FileIO: import sys;
include "draw.m";

Srv: module
{
	init:	fn(nil: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	sys->pctl(Sys->FORKNS, nil);
	print("without #s %d\n", sys->file2chan("/tmp", "x") != nil);
	print("bind %d\n", sys->bind("#s", "/mnt", Sys->MREPL) > 0);
	io := sys->file2chan("/mnt", "greet");
	print("file2chan %d\n", io != nil);
	print("twice %d\n", sys->file2chan("/mnt", "greet") != nil);
	log := chan[100] of string;
	stop := chan of int;
	spawn serve(io, log, stop);
	io = nil;
	b := array[100] of byte;

	fd := sys->open("/mnt/greet", Sys->ORDWR);
	print("open %d\n", fd != nil);
	n := sys->read(fd, b, 5);
	print("read %d %s\n", n, string b[0:n]);
	n = sys->read(fd, b, 100);
	print("read %d %s\n", n, string b[0:n]);
	n = sys->read(fd, b, 100);
	print("end %d\n", n);
	print("write %d\n", sys->fprint(fd, "new text"));
	print("refused %d %r\n", sys->fprint(fd, "bad"));
	print("some of it %d\n", sys->fprint(fd, "part"));
	sys->seek(fd, big 0, Sys->SEEKSTART);
	n = sys->read(fd, b, 100);
	print("read %d %s\n", n, string b[0:n]);
	print("pread %d %s\n", n = sys->pread(fd, b, 4, big 4), string b[0:n]);
	fd = nil;
	sys->sleep(20);
	drain(log);

	# Two clients at once have fids of their own.
	f1 := sys->open("/mnt/greet", Sys->OREAD);
	f2 := sys->open("/mnt/greet", Sys->OREAD);
	sys->read(f1, b, 3);
	sys->read(f2, b, 3);
	print("fids differ %d\n", <-log != <-log);
	f1 = f2 = nil;
	sys->sleep(20);
	while((n = len nbrecv(log)) > 0)
		;

	(ok, d) := sys->stat("/mnt/greet");
	print("stat %d %s %uo\n", ok, d.name, d.mode & 8r600);

	# The file goes with its server.
	fd = sys->open("/mnt/greet", Sys->OREAD);
	stop <-= 1;
	sys->sleep(20);
	print("read of nobody %d %r\n", sys->read(fd, b, 1));
	print("gone %d\n", sys->open("/mnt/greet", Sys->OREAD) == nil);
	io = sys->file2chan("/mnt", "greet");
	print("again %d\n", io != nil);
}

nbrecv(log: chan of string): string
{
	alt {
	s := <-log =>
		return s;
	* =>
		return nil;
	}
}

drain(log: chan of string)
{
	for(;;) alt {
	s := <-log =>
		print("\t%s\n", s);
	* =>
		return;
	}
}

serve(io: ref FileIO, log: chan of string, stop: chan of int)
{
	text := "hello, world";
	first := -1;
	for(;;) alt {
	(off, n, fid, rc) := <-io.read =>
		if(first < 0)
			first = fid;
		if(rc == nil){
			log <-= sprint("close %d", fid - first);
			continue;
		}
		log <-= sprint("read %d %d %d", off, n, fid - first);
		if(off > len text)
			off = len text;
		e := off + n;
		if(e > len text)
			e = len text;
		rc <-= (array of byte text[off:e], nil);
	(off, data, nil, wc) := <-io.write =>
		if(wc == nil){
			log <-= "close for writing";
			continue;
		}
		s := string data;
		log <-= sprint("write %d %s", off, s);
		case s {
		"bad" =>
			wc <-= (0, "no thanks");
		"part" =>
			wc <-= (2, nil);
		* =>
			text = s;
			wc <-= (len data, nil);
		}
	<-stop =>
		return;
	}
}
