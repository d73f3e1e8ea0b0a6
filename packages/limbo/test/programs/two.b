implement One, Two;

include "sys.m";
	sys: Sys;
include "draw.m";

One: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
	shared:	fn(s: string): int;
};

Two: module
{
	shared:	fn(s: string): int;
	extra:	fn(): string;
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	sys->print("%d %s\n", shared("abc"), extra());
}

shared(s: string): int
{
	return len s;
}

extra(): string
{
	return "extra";
}
