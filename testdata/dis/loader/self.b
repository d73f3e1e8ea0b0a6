implement Self;

# Looks at itself through the Loader module.

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";
include "loader.m";
	loader: Loader;

Self: module
{
	init:	fn(nil: ref Draw->Context, argv: list of string);
	add:	fn(a, b: int): int;
	real2:	fn(s: string, x: real): (string, real);
};

add(a, b: int): int
{
	return a + b;
}

real2(s: string, x: real): (string, real)
{
	return (s + "!", x * 2.0);
}

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	loader = load Loader Loader->PATH;
	m := load Nilmod "$self";
	print("%d\n", m != nil);
	inst := loader->ifetch(m);
	for(i := 0; i < len inst; i++)
		print("%d: %x %x %d %d %d\n", i, int inst[i].op, int inst[i].addr, inst[i].src, inst[i].mid, inst[i].dst);
	types := loader->tdesc(m);
	for(i = 0; i < len types; i++){
		print("desc %d %d ", i, types[i].size);
		for(j := 0; j < len types[i].map; j++)
			print("%.2x", int types[i].map[j]);
		print("\n");
	}
	links := loader->link(m);
	for(i = 0; i < len links; i++)
		print("link %s %ux pc %d type %d\n", links[i].name, links[i].sig, links[i].pc, links[i].tdesc);
	nilm: Nilmod;
	print("%d %d %d\n", len loader->ifetch(nilm), len loader->tdesc(nilm), len loader->link(nilm));
}
