implement Test;

# reading and writing the same Iobuf, as bufio(2) promises it; the reference loses data here

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
};

FILE: con "/tmp/bufio.test";

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	bufio = load Bufio Bufio->PATH;
	both();
	sys->remove(FILE);
}

all(b: ref Iobuf, sep: int)
{
	while((s := b.gets(sep)) != nil)
		print("<%s>", esc(s));
	print(" %bd\n", b.offset());
}

esc(s: string): string
{
	t := "";
	for(i := 0; i < len s; i++)
		case c := s[i] {
		' ' to '~' =>
			t[len t] = c;
		* =>
			t += sys->sprint("\\%x", c);
		}
	return t;
}

both()
{
	b := bufio->create(FILE, Sys->ORDWR, 8r666);
	print("%d ", b.puts("line one\nline two\nline three\n"));
	print("%bd ", b.seek(big 0, Sys->SEEKSTART));
	print("%s ", esc(b.gets('\n')));
	print("%bd ", b.offset());
	print("%d ", b.puts("LINE"));
	print("%bd ", b.offset());
	print("%d ", b.flush());
	print("%s ", esc(b.gets('\n')));
	print("%s ", esc(b.gets('\n')));
	print("%d\n", b.getb());
	b.seek(big 0, 0);
	all(b, '\n');
	b.puts("end");
	b.close();
	all(bufio->open(FILE, Sys->OREAD), '\n');
}
