implement Incl;

# include: names that a .m file declares, inside and outside its module

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";
include "include.m";

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	b := Box(2, 3);
	print("%d %d %s\n", b.area(), LIMIT, OUTSIDE);
	f := Free(5);
	print("%d\n", f.n + Incl->LIMIT);
}

Box.area(b: self Box): int
{
	return b.w*b.h;
}
