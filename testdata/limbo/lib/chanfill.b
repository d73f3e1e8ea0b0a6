implement Test;

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";
include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

Test: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
	fill:	fn(b: ref Bufio->Iobuf): int;
};

parts: list of string;

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	bufio = load Bufio Bufio->PATH;
	# a filler of one's own
	parts = "two\nthr" :: "ee\n" :: "four" :: nil;
	b := bufio->sopen("one\n---------------\n");
	b.setfill(load BufioFill SELF);
	while((s := b.gets('\n')) != nil)
		print("<%s>", s[0:len s-1]);
	print("\n");
	# what is written to a file
	sys->bind("#s", "/chan", Sys->MBEFORE|Sys->MCREATE);
	io := sys->file2chan("/chan", "fill.test");
	if(io == nil){
		print("file2chan: %r\n");
		return;
	}
	spawn writer();
	(nil, data, fid, wc) := <-io.write;
	chanfill := load ChanFill ChanFill->PATH;
	b = chanfill->init(data, fid, wc, io, bufio);
	while((s = b.gets('\n')) != nil)
		print("<%s>", s[0:len s-1]);
	print("\n");
	b.close();
}

fill(b: ref Iobuf): int
{
	if(parts == nil)
		return Bufio->EOF;
	a := array of byte hd parts;
	parts = tl parts;
	b.buffer[b.size:] = a;
	b.size += len a;
	b.filpos += big len a;
	return len a;
}

writer()
{
	fd := sys->open("/chan/fill.test", Sys->OWRITE);
	sys->fprint(fd, "first line\nsecond");
	sys->fprint(fd, " line\n");
	sys->fprint(fd, "third\nend");
}
