implement Arrays;

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";

Arrays: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

Point: adt
{
	x, y:	int;
	name:	string;
};

squares := array[] of {0, 1, 4, 9, 16};
table := array[10] of {2 to 4 => 7, 8 => 1, * => -1};
names := array[] of {"zero", "one", "two"};
matrix := array[] of {array[] of {1, 2}, array[] of {3, 4}};
pairs := array[] of {(1, "a"), (2, "b")};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	for(i := 0; i < len squares; i++)
		print("%d ", squares[i]);
	print("\n");
	for(i = 0; i < len table; i++)
		print("%d ", table[i]);
	print("%s %d\n", names[2], matrix[1][0]);
	(n, s) := pairs[1];
	print("%d %s\n", n, s);

	a := array[5] of int;
	for(i = 0; i < 5; i++)
		a[i] = i*i;
	a[2] += 10;
	a[3]++;
	b := a[1:4];
	b[0] = 100;
	print("%d %d %d %d\n", len b, a[1], a[2], a[3]);
	a[3:] = b[0:2];
	print("%d %d\n", a[3], a[4]);
	k := 3;
	c := array[k*2] of {0 => 5, 1 to 3 => k, * => 9};
	for(i = 0; i < len c; i++)
		print("%d ", c[i]);
	print("\n");
	d := array[4] of {* => "x"};
	d[1] = "y";
	print("%s%s%s\n", d[0], d[1], d[3]);
	p := array[3] of Point;
	p[1] = Point(1, 2, "p");
	p[1].x++;
	p[2] = p[1];
	p[2].name = "q";
	print("%d %d %s %s\n", p[1].x, p[2].y, p[1].name, p[2].name);
	q := array[2] of ref Point;
	q[0] = ref p[1];
	q[1] = ref Point(5, 6, nil);
	q[0].x = 77;
	print("%d %d %d\n", p[1].x, q[0].x, q[1].y);
	m := array[3] of array of real;
	for(i = 0; i < 3; i++)
		m[i] = array[3] of {* => real i};
	m[1][2] = 0.5;
	print("%g %g %g\n", m[0][0], m[1][2], m[2][1]);
	bb := array[] of {byte 1, byte 2, byte 3};
	sum := 0;
	for(i = 0; i < len bb; i++)
		sum += int bb[i];
	print("%d %d\n", sum, len array[0] of string);
	l := array[2] of {big 1, big 2};
	l[0] <<= 33;
	print("%bd\n", l[0]+l[1]);
	print("%d\n", (array[] of {10, 20, 30})[1]);
	lists := array[2] of list of int;
	lists[0] = 1 :: 2 :: nil;
	print("%d %d\n", len lists[0], hd tl lists[0]);
	e: array of int;
	print("%d %d\n", e == nil, len e);
	e = array[3] of int;
	e[0:] = array[] of {1, 2, 3};
	e = e[1:];
	print("%d %d\n", len e, e[1]);
	(e[0], e[1]) = (e[1], e[0]);
	print("%d %d\n", e[0], e[1]);
}
