implement Geometry;

include "sys.m";
	sys: Sys;
include "geometry.m";

private := 3;

scale(v: Vec, n: int): Vec
{
	calls++;
	private += n;
	return (v.x*n, v.y*n);
}

start(s: string)
{
	sys = load Sys Sys->PATH;
	name = s;
}

both(a: list of Vec): (Vec, int)
{
	v := Vec(Origin, Origin);
	n := 0;
	for(; a != nil; a = tl a){
		v = v.plus(hd a);
		n++;
	}
	return (v, n);
}

Vec.plus(a: self Vec, b: Vec): Vec
{
	return Vec(a.x+b.x, a.y+b.y);
}

Vec.text(a: self Vec): string
{
	return sys->sprint("%s(%d,%d)", name, a.x, a.y);
}
