implement Block;

# Waits for a file that never has anything.

include "sys.m";
	sys: Sys;
include "draw.m";

Block: module
{
	init:	fn(nil: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	fd := sys->open("/mnt/never", Sys->OREAD);
	sys->read(fd, array[10] of byte, 10);
	sys->print("not reached\n");
}
