implement Test;

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";
include "encoding.m";
include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;
include "csv.m";
	csv: CSV;

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

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	paths := array[] of {Encoding->BASE64PATH, Encoding->BASE32PATH, Encoding->BASE32APATH, Encoding->BASE16PATH};
	texts := array[] of {"f", "fo", "foo", "foob", "fooba", "foobar", "Hello, world!", "é→", "\u0001\u0002\u0003\u0004\u0005\u0006\u0007"};
	bad := array[] of {"Zm 9v", "Zm8v\nYg", "Zg=", "====", "!!!", "MZXW6YQ", "mzxw6===", "666F 6f", "66f", "lo10", "AbC"};
	for(i := 0; i < len paths; i++){
		e := load Encoding paths[i];
		for(j := 0; j < len texts; j++){
			s := e->enc(array of byte texts[j]);
			print("%s %s\n", s, string e->dec(s));
		}
		all := array[256] of byte;
		for(j = 0; j < 256; j++)
			all[j] = byte (j*37);
		s := e->enc(all);
		print("%s\n%d\n", s, hex(e->dec(s)) == hex(all));
		for(j = 0; j < len bad; j++)
			print("%s ", hex(e->dec(bad[j])));
		print("\n");
	}
	bufio = load Bufio Bufio->PATH;
	csv = load CSV CSV->PATH;
	csv->init(bufio);
	lines := array[] of {
		"a,b,c\nd,e\n", "", "\n", ",\n", "\"quoted\",x\n", "\"a,b\",\"c\"\"d\"\n", "\"new\nline\",z\r\nnext\r\n", "\"tail\"er,y\n",
		"mid\"dle,x\n", "last", "last,", "\"open\nend", "a\rb\n", "\"\",\"\"\n", "é,→\n", "a,\n\nb\n", "\r\r\n",
	};
	for(i = 0; i < len lines; i++){
		b := bufio->sopen(lines[i]);
		print("%d:", i);
		while((l := csv->getline(b)) != nil){
			print(" (");
			for(; l != nil; l = tl l)
				print("<%s>", hd l);
			print(")");
		}
		print("\n");
	}
	for(l := list of {"plain", "a,b", "say \"hi\"", "", "two\nlines", " space ", "cr\r", "\""}; l != nil; l = tl l)
		print("%s\n", csv->quote(hd l));
}
