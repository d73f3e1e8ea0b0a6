implement Casts;

# every conversion between the arithmetic types, strings and arrays of bytes

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";

Casts: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

Point: adt {
	x:	int;
	y:	int;
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	i := -300;
	b := big 16r1234567890;
	r := 1234.5;
	c := byte 200;
	s := "-42";
	print("%d %d %d %d %d\n", int i, int b, int r, int c, int s);
	print("%bd %bd %bd %bd %bd\n", big i, big b, big r, big c, big s);
	print("%g %g %g %g %g\n", real i, real b, real r, real c, real s);
	print("%d %d %d %d %d\n", int byte i, int byte b, int byte 77.4, int byte c, int byte s);
	print("%s %s %s %s %s\n", string i, string b, string r, string c, string s);
	strs := array[] of {"  12abc", "", "abc", "+7", "16r1f", "8r17", "0x10", "-77x",
		"99999999999", "-99999999999", "123456789012345", "36rzz", "1e3", ".5", "-2.", "x"};
	for(k := 0; k < len strs; k++)
		print("[%s] %d %bd %g\n", strs[k], int strs[k], big strs[k], real strs[k]);
	a := array of byte "añ→";
	print("%d %s\n", len a, string a);
	print("%d\n", len string array[0] of byte);
	bad := array[] of {byte 'a', byte 16rff, byte 'b', byte 16re2, byte 16r86};
	t := string bad;
	for(j := 0; j < len t; j++)
		print("%x ", t[j]);
	print("\n");
	n: string;
	e := array of byte n;
	print("%d\n", len e);
	print("%s\n", string 1 + string 2.5 + string big 3 + string byte 4);
	p := Point(3, 4);
	q := ref Point(5, 6);
	p2 := (Point(q.x, p.y)).x;
	print("%d %d %d\n", p.x, q.y, p2);
	print("%d\n", - int "5" + int 2.6);
	print("%d\n", int - 1.5);
	l := list of {string 1, string 'a', string -1.5e10};
	for(; l != nil; l = tl l)
		print("[%s]", hd l);
	print("\n");
	print("%d %d\n", int 1e9, int -1e9);
	print("%d\n", int real "1e5");
	print("%s\n", string real int "77");
	print("%d\n", int string 123);
	print("%s %s\n", string 1e-7, string 123456789.0);
	print("%s %s\n", string 0.1, string 1e21);
	print("%s\n", string (1.0/3.0));
}
