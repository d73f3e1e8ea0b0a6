implement Assign;

# assignment to every kind of place, compound assignment, assignment as a value, increments

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";

Assign: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

In: adt {
	n:	int;
	a:	array of int;
};

Out: adt {
	i:	In;
	r:	ref In;
	b:	big;
	s:	string;
	t:	(int, string);
	y:	byte;
	d:	real;
};

g: Out;
ga := array[3] of {* => 0};
calls := 0;

next(): int
{
	return calls++;
}

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	o: Out;
	o.i.n = 1;
	o.i.a = array[2] of {10, 20};
	o.r = ref o.i;
	o.r.n += 5;
	o.b = big 3;
	o.b <<= 4;
	o.s = "s";
	o.s += "t";
	o.s[0]++;
	o.t = (1, "x");
	o.t.t0 -= 4;
	o.t.t1 += "y";
	o.y = byte 250;
	o.y += byte 10;
	o.d = 1.5;
	o.d *= o.d;
	print("%d %d %bd %s %d %s %d %g\n", o.i.n, o.r.n, o.b, o.s, o.t.t0, o.t.t1, int o.y, o.d);
	g = o;
	g.i.a[1] *= 3;
	print("%d %d\n", o.i.a[1], g.r == o.r);
	p := ref g;
	p.i.n = p.r.n = 42;
	p.i.a[0]--;
	--p.i.a[0];
	print("%d %d %d\n", p.i.n, g.r.n, g.i.a[0]);
	ga[next()] += 5;
	ga[next()]++;
	++ga[next()];
	print("%d %d %d %d\n", ga[0], ga[1], ga[2], calls);
	m := array[2] of {* => array[2] of {* => array[2] of {* => 0}}};
	m[1][0][1] = 7;
	m[1][0][1] <<= 2;
	m[0] = m[1];
	m[0][1][0] = m[0][0][1]++;
	print("%d %d\n", m[1][0][1], m[1][1][0]);
	x, y, z: int;
	x = y = z = 3;
	x = (y += z) * 2;
	print("%d %d %d\n", x, y, z);
	if((w := x % 5) == 2)
		print("%d\n", w);
	os := array[2] of Out;
	os[0] = g;
	os[1] = os[0];
	os[1].t.t0 = 77;
	os[1].i.n++;
	print("%d %d %d %d\n", os[0].t.t0, os[1].t.t0, os[0].i.n, os[1].i.n);
	i := 0;
	os[i++].b = big i;
	print("%bd %d\n", os[0].b, i);
	s := "abc";
	s[1] += 'A'-'a';
	s[2] -= 2;
	s[len s] = s[0]++;
	print("%s\n", s);
	l := (1, 2) :: nil;
	(a, b) := hd l;
	a ^= b ^= a ^= b;
	print("%d %d\n", a, b);
	r := 1.0;
	r /= 4.0;
	r += r;
	r -= 2.5;
	print("%g\n", r);
	c := chan[1] of int;
	n := 5;
	c <-= n;
	print("%d %d\n", n, <-c);
	(k, (u, v)) := (1, (2, 3));
	(k, (u, v)) = (v, (k, u));
	print("%d %d %d\n", k, u, v);
	ref1 := ref In(1, nil);
	*ref1 = In(2, array[1] of int);
	(ref1.n, nil) = (9, 9);
	print("%d %d\n", ref1.n, len ref1.a);
	j := 5;
	j = -j;
	j = ~j;
	j = j*j - j/j + j%3 << 1 | 1 & j;
	print("%d\n", j);
	by := array[2] of {* => byte 1};
	by[0] |= byte 6;
	by[1] = by[0] << 1;
	by[1] >>= 2;
	print("%d %d\n", int by[0], int by[1]);
	bi := array[2] of {* => big 1};
	bi[1] *= big 1000000;
	bi[1] *= bi[1];
	bi[0] -= bi[1];
	print("%bd\n", bi[0]);
	re := array[2] of real;
	re[0] = re[1] = 2.5;
	re[1]++;
	print("%g %g\n", re[0]--, re[1]);
}
