implement Logic;

# conditions: comparison as a value, && and || with short circuit, !, nil, in every kind of place

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";

Logic: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

T(s: string): int
{
	print("T%s ", s);
	return 1;
}

F(s: string): int
{
	print("F%s ", s);
	return 0;
}

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	r := T("1") && F("2") && T("3");
	print("= %d\n", r);
	r = F("1") || T("2") || T("3");
	print("= %d\n", r);
	r = F("1") || T("2") && F("3");
	print("= %d\n", r);
	r = (F("1") || T("2")) && !F("3");
	print("= %d\n", r);
	r = !(T("1") && T("2")) || F("3") == T("4");
	print("= %d\n", r);
	a := 5;
	b := 7;
	x := a < b;
	y := (a < b) + (b > a) + (a == b);
	print("%d %d %d\n", x, y, !(a < b));
	z := a && b;
	print("%d %d %d\n", z, 7 && 9, 0 || 12);
	if(a)
		print("a ");
	if(!a)
		print("not a ");
	if(!(a == 5 || b == 5) || b != 7)
		print("wrong ");
	else
		print("right ");
	if(!!a && !(b < 0))
		print("yes");
	print("\n");
	s: string;
	l: list of int;
	ar: array of int;
	c: chan of int;
	if(s == nil && l == nil && ar == nil && c == nil)
		print("all nil\n");
	l = 1 :: l;
	c = chan of int;
	d := c;
	print("%d %d %d\n", l != nil, c == d, d != chan of int);
	while(a > 0 && b > 0)
		(a, b) = (a-1, b-2);
	print("%d %d\n", a, b);
	do
		a++;
	while(a < 10 || b++ < 3);
	print("%d %d\n", a, b);
	for(i := 0; i < 10 && i*i < 50; i++)
		;
	print("%d\n", i);
	f := array[] of {a > b, a < b, a == 10 && b == 4};
	print("%d %d %d\n", f[0], f[1], f[2]);
	print("%d\n", max(max(3, 9), max(4, 1)));
	print("%d %d %d\n", sign(-4), sign(0), sign(11));
	big1 := big 3;
	print("%d %d\n", big1 > big 2 && big1 < big 4, 1.5 > 1.0 || 1.0 > 1.5);
	bb := byte 3;
	print("%d %d\n", int bb && 1, bb == byte 3);
	print("%d\n", ((((1)))) && (0 || 1));
}

max(a, b: int): int
{
	if(a > b)
		return a;
	else
		return b;
}

sign(n: int): int
{
	return (n > 0) - (n < 0);
}
