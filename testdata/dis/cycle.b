implement Cycle;

# Ends with an open file in a list that holds itself.

include "sys.m";
	sys: Sys;
include "draw.m";

Cycle: module
{
	init:	fn(nil: ref Draw->Context, argv: list of string);
};

Node: adt
{
	fd:	ref Sys->FD;
	next:	cyclic ref Node;
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	n := ref Node(sys->open("/mnt/file", Sys->OREAD), nil);
	n.next = ref Node(nil, n);
	if(n.fd != nil)
		sys->print("opened\n");
}
