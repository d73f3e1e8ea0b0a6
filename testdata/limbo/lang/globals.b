implement Globals;

# module data and its initial values; functions see each other's changes

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";

Globals: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
	count:	int;
	name:	string;
};

Pt: adt {
	x, y:	int;
	s:	string;
};

a: int;
b: int = 5;
c, d: int = 6;
e := 7;
f := 1.5;
g := "a string";
h: string;
i := array[3] of {1, 2, 3};
j: array of string = array[] of {"x", "y"};
k := array[2] of byte;
l: list of int;
m := big 1 << 40;
n := byte 255;
o: Pt;
p := Pt(1, 2, "pt");
q := array[2] of {Pt(3, 4, "q0"), (5, 6, "q1")};
r: ref Pt;
s := (1, "tuple", 2.5);
t := array[5] of {1 => 11, 3 => 33, * => -1};
u: chan of int;
v := array[] of {(1, "one"), (2, "two")};
w := array[2] of real;
x := array[3] of {* => "same"};
b0: con 9;
z := -b0 + 1;

tab := array[] of {array[] of {1, 2}, array[] of {3}};
LATE: con 21;
late := LATE*2;

ar, as: array of int = array[1] of {3};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	print("%d %d %d %d %d %g\n", a, b, c, d, e, f);
	print("%s [%s] %d %d\n", g, h, count, name == nil);
	print("%d %d %s %d %d\n", len i, i[2], j[1], len k, int k[1]);
	print("%d %bd %d\n", l == nil, m, int n);
	print("%d %s. %d %d %s\n", o.x, o.s, p.x, p.y, p.s);
	print("%d %s %d %s\n", q[0].y, q[0].s, q[1].x, q[1].s);
	print("%d %d\n", r == nil, u == nil);
	print("%d %s %g\n", s.t0, s.t1, s.t2);
	print("%d %d %d %d %d\n", t[0], t[1], t[2], t[3], t[4]);
	print("%d %s\n", v[1].t0, v[1].t1);
	print("%g %s %s\n", w[1], x[0], x[2]);
	print("%d %d %d %d\n", z, tab[0][1], tab[1][0], late);
	bump();
	bump();
	print("%d %s %d\n", count, name, i[0]);
	x[1] = "changed";
	print("%s %s\n", x[0], x[1]);
	ar[0] = 4;
	print("%d %d\n", ar[0], as[0]);
	p.x++;
	q[1].s = nil;
	o = p;
	o.y = 0;
	print("%d %d %d\n", p.x, o.x, p.y);
	l = 1 :: l;
	r = ref p;
	print("%d %d\n", len l, r.x);
	(a, b) = (b, a);
	print("%d %d\n", a, b);
	a += b++ + ++c;
	print("%d %d %d %d\n", a, b, c, d);
	c := c*100;
	print("%d %d\n", c, getc());
}

bump()
{
	count++;
	name += "n";
	i[0] *= 10;
}

getc(): int
{
	return c;
}
