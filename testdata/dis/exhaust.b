implement Exhaust;

# Takes all the memory there is, holding files, and goes on.

include "sys.m";
	sys: Sys;
include "draw.m";

Exhaust: module
{
	init:	fn(nil: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	{
		fill(nil);
	} exception e {
	"out of memory*" =>
		sys->print("%s\n", e);
	}
	if(sys->open("/tmp", Sys->OREAD) != nil)
		sys->print("still works\n");
}

fill(l: list of (array of byte, ref Sys->FD))
{
	for(;;)
		l = (array[1000] of byte, sys->open("/tmp", Sys->OREAD)) :: l;
}
