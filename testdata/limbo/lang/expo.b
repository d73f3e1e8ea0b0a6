implement Expo;

# exponentiation

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";

Expo: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

K: con 2**10;
B: con big 3**30;
R: con 1.5**4;
S: con 2.0**-4;

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	print("%d %bd %g %g\n", K, B, R, S);
	print("%d %d %d\n", 3**4*2, -3**4, 2**3**2);
	for(i := 0; i < 8; i++)
		print("%d %bd %g; ", 3**i, big 7**i, 2.5**i);
	print("\n");
	x := 2;
	y := 5;
	print("%d %d %d %d\n", x**y, (-x)**y, -x**y, x**y+1);
	print("%d %d\n", 0**0, 1**1000000);
	print("%d %d\n", (-1)**31, (-1)**30);
	print("%d\n", x**31);
	print("%bd\n", big x**62);
	r := 2.0;
	print("%g %g %g\n", r**-1, r**0, r**-10);
	b := big 10;
	print("%bd\n", b**18);
	x **= 3;
	print("%d\n", x);
	r **= y;
	print("%g\n", r);
	b **= 2;
	print("%bd\n", b);
	n := 3;
	print("%d\n", x**n**1);
	print("%d\n", (x+1)**(n-1) - x**2);
	a := array[] of {2, 3};
	a[0] **= a[1];
	print("%d\n", a[0]);
}
