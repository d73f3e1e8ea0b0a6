implement Fixed;

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";

Fixed: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

fpt:	type fixed(2.0**-16);
money:	type fixed(0.01, 10000.0);
odd:	type fixed(0.12345);
Half:	con fpt(0.5);

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	x := fpt(3.25);
	y := fpt(1.5);
	print("%g %g %g %g\n", real (x+y), real (x-y), real (x*y), real (x/y));
	print("%d %d %d\n", int x, x > y, x == y);
	z := -x;
	z += Half;
	z *= y;
	print("%g %s\n", real z, string y);
	m := money(12.34);
	n := money 5;
	print("%.2f %.2f %d\n", real (m+n), real (m-n), int m);
	o := odd(m);
	p := odd 3;
	print("%.3f %.3f\n", real (o*p), real (o/p));
	a := array[2] of fpt;
	a[0] = x;
	a[1] = fpt(o);
	print("%g %.2f %d\n", real a[0], real a[1], int fpt "2.5");
	l := x :: y :: nil;
	print("%g\n", real hd tl l);
}
