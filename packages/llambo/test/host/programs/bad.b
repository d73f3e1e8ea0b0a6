implement Bad;

# A node's program that does what it is told to, in place of llambo: loop, memory, fault, exit.

include "sys.m";
	sys: Sys;
include "draw.m";

Bad: module
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
	for(;;) alt {
	(nil, nil, nil, rc) := <-data.read =>
		if(rc != nil)
			rc <-= (array of byte "fine", nil);
	(nil, bytes, nil, rc) := <-data.write =>
		if(rc != nil){
			rc <-= (len bytes, nil);
			if(misbehave(string bytes))
				return;
		}
	(nil, nil, nil, rc) := <-ctl.read =>
		if(rc != nil)
			rc <-= (nil, nil);
	(nil, bytes, nil, rc) := <-ctl.write =>
		if(rc != nil)
			rc <-= (len bytes, nil);
	(nil, nil, nil, rc) := <-status.read =>
		if(rc != nil)
			rc <-= (array of byte "bad\n", nil);
	(nil, nil, nil, rc) := <-status.write =>
		if(rc != nil)
			rc <-= (0, "no");
	}
}

misbehave(how: string): int
{
	case how {
	"loop" =>
		for(;;)
			;
	"memory" =>
		all: list of array of int;
		for(;;)
			all = array[16 * 1024] of int :: all;
	"fault" =>
		nothing: array of int;
		nothing[1] = 2;
	"exit" =>
		return 1;
	}
	return 0;
}
