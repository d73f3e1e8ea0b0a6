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
};

FILE: con "/tmp/bufio.test";

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	bufio = load Bufio Bufio->PATH;
	strings();
	chars();
	longlines();
	bytes();
	files();
	unread();
	pipes();
	errors();
	seps();
	memory();
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

strings()
{
	all(bufio->sopen("one\ntwo\nthree"), '\n');
	all(bufio->sopen("one\ntwo\n"), '\n');
	all(bufio->sopen(""), '\n');
	all(bufio->sopen("\n\n\n"), '\n');
	all(bufio->sopen("a:b::c"), ':');
	all(bufio->sopen("no separator"), '\n');
	all(bufio->sopen("naïve→λx→é"), '→');
	all(bufio->sopen("naïve→λx→é"), 'é');
	all(bufio->sopen("nul\0here"), 0);
}

chars()
{
	b := bufio->sopen("aé→\u0001z");
	while((c := b.getc()) >= 0)
		print("%x@%bd ", c, b.offset());
	print("%d %d\n", c, b.getc());
	bad := array[] of {byte 'a', byte 16rff, byte 16rc3, byte 'b', byte 16re2, byte 16r86, byte 'c', byte 16rc3, byte 16rc3, byte '.'};
	b = bufio->aopen(bad);
	while((c = b.getc()) >= 0)
		print("%x@%bd ", c, b.offset());
	print("\n");
	b = bufio->aopen(bad[0:9]);
	print("%s\n", esc(b.gets('\n')));
	b = bufio->aopen((array of byte "cut →")[0:6]);
	while((c = b.getc()) >= 0)
		print("%x@%bd ", c, b.offset());
	b = bufio->aopen((array of byte "cut →")[0:6]);
	print("%d %s\n", c, esc(b.gets('\n')));
	b = bufio->sopen("xyz");
	while((c = b.getb()) >= 0)
		print("%c", c);
	print(" %d\n", c);
}

longlines()
{
	b := bufio->create(FILE, Sys->OWRITE, 8r666);
	n := 0;
	for(i := 0; i < 12; i++){
		s := "";
		for(j := 0; j < i*i*150; j++)
			s[len s] = 'a'+(i+j)%26;
		if(i%3 == 0)
			s += "→";
		n += b.puts(s + "\n");
	}
	b.close();
	print("%d\n", n);
	b = bufio->open(FILE, Sys->OREAD);
	while((s := b.gets('\n')) != nil)
		print("%d %bd %x, ", len s, b.offset(), sum(s));
	print("\n");
	b.seek(big 0, 0);
	k, sm: int;
	k = sm = 0;
	while((c := b.getc()) >= 0){
		k++;
		sm = sm*31 + c;
	}
	print("%d %x\n", k, sm);
	b.seek(big 0, 0);
	while((s = b.gett("xyz")) != nil)
		sm ^= sum(s);
	print("%x\n", sm);
}

sum(s: string): int
{
	h := 0;
	for(i := 0; i < len s; i++)
		h = h*31 + s[i];
	return h;
}

bytes()
{
	b := bufio->create(FILE, Sys->OWRITE, 8r666);
	for(i := 0; i < 20000; i++)
		if(b.putb(byte (i*7)) != 0)
			print("putb\n");
	print("%bd %d\n", b.offset(), b.flush());
	b.close();
	b = bufio->open(FILE, Sys->OREAD);
	a := array[5000] of byte;
	s := 0;
	while((n := b.read(a, len a)) > 0){
		print("%d ", n);
		for(i = 0; i < n; i++)
			s = s*31 + int a[i];
	}
	print("%d %x\n", n, s);
	print("%bd ", b.seek(big 100, Sys->SEEKSTART));
	print("%d ", b.getb());
	print("%bd ", b.seek(big 8200, Sys->SEEKRELA));
	print("%d ", b.getb());
	print("%bd ", b.seek(big -1, Sys->SEEKEND));
	print("%d ", b.getb());
	print("%d ", b.getb());
	print("%bd ", b.seek(big -5, Sys->SEEKRELA));
	print("%d ", b.getb());
	print("%bd\n", b.offset());
}

files()
{
	b := bufio->create(FILE, Sys->OWRITE, 8r666);
	print("%d ", b.putc('a'));
	print("%d ", b.putc('é'));
	print("%d ", b.putc('→'));
	print("%d ", b.puts("string\nö\n"));
	print("%d ", b.puts(""));
	print("%d ", b.write(array of byte "0123456789", 4));
	print("%bd ", b.offset());
	print("%d\n", b.flush());
	print("%bd\n", b.offset());
	b = nil;
	b = bufio->open(FILE, Sys->OREAD);
	all(b, '\n');
	print("%bd\n", b.seek(big 1, Sys->SEEKSTART));
	print("%x\n", b.getc());
	fd := sys->open(FILE, Sys->OREAD);
	buf := array[3] of byte;
	sys->read(fd, buf, 3);
	b = bufio->fopen(fd, Sys->OREAD);
	print("%bd %s", b.offset(), esc(b.gets('\n')));
	print(" %bd\n", b.offset());
	b = bufio->create(FILE, Sys->OWRITE, 8r666);
	b.puts("hello world");
	print("%bd ", b.seek(big 6, Sys->SEEKSTART));
	b.puts("W");
	b.close();
	all(bufio->open(FILE, Sys->OREAD), '\n');
}

unread()
{
	b := bufio->sopen("aé→z");
	for(i := 0; i < 4; i++){
		c := b.getc();
		r := b.ungetc();
		d := b.getc();
		print("%x %d %x %bd, ", c, r, d, b.offset());
	}
	print("%d %x\n", b.ungetc(), b.getc());
	b = bufio->sopen("ab");
	b.getb();
	print("%d %c %c\n", b.ungetb(), b.getb(), b.getb());
	b = bufio->sopen("x\ny");
	b.gets('\n');
	b.ungetc();
	b.ungetc();
	print("%s\n", esc(b.gets('\n')));
	# across a refill
	o := bufio->create(FILE, Sys->OWRITE, 8r666);
	for(i = 0; i < 8191; i++)
		o.putb(byte 'a');
	o.puts("é→end");
	o.close();
	b = bufio->open(FILE, Sys->OREAD);
	for(i = 0; i < 8191; i++)
		b.getb();
	c := b.getc();
	b.ungetc();
	print("%x %x ", c, b.getc());
	c = b.getc();
	b.ungetc();
	print("%x %x %s\n", c, b.getc(), esc(b.gets('\n')));
}

pipes()
{
	p := array[2] of ref Sys->FD;
	sys->pipe(p);
	spawn writer(p[1]);
	b := bufio->fopen(p[0], Sys->OREAD);
	p = nil;
	while((s := b.gets('\n')) != nil)
		print("<%s>", esc(s));
	print("\n");
	p = array[2] of ref Sys->FD;
	sys->pipe(p);
	spawn writer(p[1]);
	b = bufio->fopen(p[0], Sys->OREAD);
	p = nil;
	a := array[10] of byte;
	while((n := b.read(a, len a)) > 0)
		print("[%s]", esc(string a[0:n]));
	print("%d\n", n);
}

writer(fd: ref Sys->FD)
{
	sys->fprint(fd, "one\ntw");
	sys->sleep(5);
	sys->fprint(fd, "o\nthr");
	sys->sleep(5);
	sys->fprint(fd, "ee");
}

errors()
{
	print("%d\n", bufio->open("/no/such/file", Sys->OREAD) == nil);
	print("%d\n", bufio->create("/no/such/dir/file", Sys->OWRITE, 8r666) == nil);
	b := bufio->sopen("abc");
	print("%d %d %d %d\n", b.putb(byte 1), b.putc('x'), b.puts("x"), b.write(array[1] of byte, 1));
	print("%s\n", b.gets('\n'));
	b = bufio->create(FILE, Sys->OWRITE, 8r666);
	b.puts("x");
	print("%d %d %d\n", b.getb(), b.getc(), b.gets('\n') == nil);
	b.close();
	b = bufio->open(FILE, Sys->OREAD);
	print("%d %d\n", b.putb(byte 1), b.puts("y"));
	print("%s\n", b.gets('\n'));
}

seps()
{
	b := bufio->sopen("a b,c;d\ne→f");
	while((s := b.gett(" ,;\n")) != nil)
		print("<%s>", esc(s));
	print("\n");
	b = bufio->sopen("a b→c;d\ne→f");
	while((s = b.gett("→;")) != nil)
		print("<%s>", esc(s));
	print("\n");
	b = bufio->sopen("a b");
	print("<%s>\n", b.gett(""));
	b = bufio->sopen("line\n.\n");
	print("<%s><%s><%s>\n", esc(b.gett("\n")), esc(b.gett(".")), esc(b.gett("\n")));
}

memory()
{
	b := bufio->aopen(array of byte "0123456789");
	print("%bd ", b.seek(big 5, Sys->SEEKSTART));
	print("%c ", b.getb());
	print("%bd ", b.seek(big -2, Sys->SEEKRELA));
	print("%c ", b.getb());
	a := array[4] of byte;
	n := b.read(a, 4);
	print("%s ", string a[0:n]);
	n = b.read(a, 4);
	print("%s ", string a[0:n]);
	print("%d\n", b.read(a, 4));
}
