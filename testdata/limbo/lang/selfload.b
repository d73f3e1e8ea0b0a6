implement Selfload, Shapes, Counter;

# several modules in one implementation, loading oneself, module variables, instances, a load that fails

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";

Selfload: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

Counter: module
{
	incr:	fn(n: int): int;
	start:	fn();
};

Shapes: module
{
	PATH: con "$self";
	Square: adt {
		side:	int;
		area:	fn(s: self ref Square): int;
		mk:	fn(n: int): ref Square;
		UNIT: con 1;
	};
	total:	fn(l: list of ref Square): int;
};

Missing: module
{
	nothing:	fn(n: int): int;
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	c := load Counter SELF;
	c->start();
	print("%d %d\n", c->incr(5), c->incr(2));
	print("%d\n", count);
	c->incr(93);
	print("%d\n", c->incr(1));
	sh := load Shapes Shapes->PATH;
	Square: import sh;
	q := Square.mk(3);
	print("%d %d\n", q.area(), Square.UNIT);
	s := ref Shapes->Square(5);
	print("%d\n", sh->s.area());
	print("%d\n", sh->(Shapes->Square).mk(4).side);
	print("%d\n", sh->total(q :: s :: nil));
	m := load Missing SELF;
	print("%d\n", m == nil);
	m = load Missing "/no/such/file.dis";
	print("%d\n", m == nil);
	incr, start: import c;
	print("%d\n", incr(10));
	d := c;
	print("%d\n", d->incr(1) - c->incr(0));
	use(c);
	l := c :: nil;
	print("%d\n", (hd l)->incr(0));
	f := c->incr;
	print("%d\n", f(7));
	done := chan of int;
	spawn c->start();
	spawn run(d, done);
	print("%d\n", <-done > 0);
}

count: int;

use(c: Counter)
{
	c->incr(1000);
}

run(c: Counter, done: chan of int)
{
	done <-= c->incr(1);
}

incr(n: int): int
{
	count += n;
	return count;
}

start()
{
	if(count == 0)
		count = 1;
	if(sys == nil)
		sys = load Sys Sys->PATH;
}

Square.area(s: self ref Square): int
{
	return s.side*s.side;
}

Square.mk(n: int): ref Square
{
	return ref Square(n);
}

total(l: list of ref Square): int
{
	n := 0;
	for(; l != nil; l = tl l)
		n += (hd l).area();
	return n;
}
