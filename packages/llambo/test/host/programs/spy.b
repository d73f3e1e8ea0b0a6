implement Spy;

# A node's program that looks around, and tells in its data file what it has seen.

include "sys.m";
	sys: Sys;
include "draw.m";

Spy: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	dir := "/n/llambo/" + hd tl argv;
	data := sys->file2chan(dir, "data");
	ctl := sys->file2chan(dir, "ctl");
	status := sys->file2chan(dir, "status");
	spawn server(data, ctl, status);
}

server(data, ctl, status: ref Sys->FileIO)
{
	seen := ls("/") + ls("/n/llambo") + ls("/n/llambo/worker-0001") + try("/n/llambo/worker-0002/ctl") + ls("/prog") +
		try("#U");
	for(;;) alt {
	(offset, nil, nil, rc) := <-data.read =>
		if(rc != nil)
			rc <-= ((array of byte seen)[min(offset, len array of byte seen):], nil);
	(nil, nil, nil, rc) := <-ctl.read =>
		if(rc != nil)
			rc <-= (nil, nil);
	(nil, nil, nil, rc) := <-status.read =>
		if(rc != nil)
			rc <-= (nil, nil);
	}
}

min(a, b: int): int
{
	if(a < b)
		return a;
	return b;
}

try(name: string): string
{
	if(sys->open(name, Sys->OREAD) != nil)
		return name + ": open\n";
	return sys->sprint("%s: %r\n", name);
}

ls(name: string): string
{
	fd := sys->open(name, Sys->OREAD);
	if(fd == nil)
		return sys->sprint("%s: %r\n", name);
	s := name + ":";
	for(;;){
		(n, dirs) := sys->dirread(fd);
		if(n <= 0)
			return s + "\n";
		for(i := 0; i < n; i++)
			s += " " + dirs[i].name;
	}
}
