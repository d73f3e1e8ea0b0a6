implement Text;

# The functions of Sys that work on strings and bytes.

include "sys.m";
	sys: Sys;
	print, sprint: import sys;
include "draw.m";

Text: module
{
	init:	fn(nil: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	tok("a b  c", " ");
	tok("  lead and trail  ", " ");
	tok("", " ");
	tok("abc", "");
	tok("   ", " ");
	tok("a,b;c", ",;");
	tok("grüße→und→äöü", "→");
	tok("日本語 x", "本 ");
	(n, l) := sys->tokenize(nil, " ");
	print("nil: %d %d\n", n, len l);

	s := array of byte "aé日😀z";
	print("bytes %d\n", len s);
	for(i := 0; i <= len s; i++)
		print(" %d", sys->utfbytes(s, i));
	print("\n");
	for(i = 0; i < len s; i++){
		(c, w, ok) := sys->byte2char(s, i);
		print("%d: %x %d %d\n", i, c, w, ok);
	}
	bad := array[] of {byte 16rff, byte 16rc0, byte 16r80, byte 16red, byte 16ra0, byte 16r80, byte 16rf4, byte 16r90, byte 16r80, byte 16r80, byte 'x', byte 16re6};
	for(i = 0; i < len bad; i++){
		(c, w, ok) := sys->byte2char(bad, i);
		print("%d: %x %d %d; %d\n", i, c, w, ok, sys->utfbytes(bad, i + 1));
	}
	print("%d\n", len string bad);
	b := array[6] of {* => byte '.'};
	chars := array[] of {'a', 'é', '日', 16r1f600, 16r10ffff, 16r110000, -1, 16rd800, 0};
	for(i = 0; i < len chars; i++){
		b[0:] = array of byte "......";
		print("%d %s", sys->char2byte(chars[i], b, 1), string b);
		print(" %d\n", sys->char2byte(chars[i], b, 4));
	}
	{
		sys->utfbytes(s, 100);
	} exception e {
	"*" =>
		print("%s\n", e);
	}
	{
		sys->byte2char(s, -1);
	} exception e {
	"*" =>
		print("%s\n", e);
	}
	{
		sys->char2byte('x', nil, 0);
	} exception e {
	"*" =>
		print("%s\n", e);
	}
	print("%s|%d|%s\n", sprint("%d-%s", 1, "two"), len sys->aprint("%s", "é"), string sys->aprint("%q", "it's"));
	print("[%r]\n");
	print("%d\n", sys->werrstr("a new error"));
	print("[%r] [%s]\n", sprint("%r"));
	long := "";
	for(i = 0; i < 100; i++)
		long += "é";
	sys->werrstr(long);
	print("%d\n", len sprint("%r"));
	big1 := "";
	for(i = 0; i < 2000; i++)
		big1 += "0123456789";
	print("%d %d\n", len sprint("%s%s", big1, big1), len sys->aprint("%s", big1));
}

tok(s, delim: string)
{
	(n, l) := sys->tokenize(s, delim);
	print("%d", n);
	for(; l != nil; l = tl l)
		print(" [%s]", hd l);
	print("\n");
}
