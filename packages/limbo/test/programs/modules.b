implement Modules;

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";

Modules: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

include "geometry.m";
	geometry: Geometry;
	Vec, scale, Scale: import geometry;

Zero, One, Two:	con iota;
Bits:	con 1 << iota;
Msg:	con "con" + "catenated";
Tup:	con (1, "t");

count := 0;
start: string;
x, y: int = 7;
first: Vec;

bump(): int
{
	return ++count;
}

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	print("%d %d %d %d %s %d\n", Zero, One, Two, Bits, Msg, Tup.t0);
	print("%d %d %d %d\n", x, y, bump(), bump());
	geometry = load Geometry Geometry->PATH;
	if(geometry == nil){
		print("no geometry\n");
		return;
	}
	geometry->start("vec");
	v := Vec(1, 2);
	w := scale(v, Scale);
	first = v.plus(w);
	print("%s %d %s\n", first.text(), geometry->calls, geometry->name);
	geometry->calls = 10;
	g := geometry;
	g->calls++;
	(s, n) := g->both(v :: w :: nil);
	print("%s %d %d %d\n", s.text(), n, geometry->calls, Geometry->Large);
	u: Geometry->Vec;
	u = s;
	u.x = 100;
	print("%d %d\n", u.x, s.x);
}
