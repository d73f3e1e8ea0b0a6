implement Unused;

# code that does nothing, or cannot be reached, or is decided by constants, still means what it says

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";

Unused: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

DEBUG: con 0;
VERBOSE: con 1;

never()
{
	print("never called\n");
}

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	if(DEBUG)
		print("debug\n");
	if(VERBOSE && !DEBUG)
		print("verbose\n");
	if(DEBUG || VERBOSE)
		print("either\n");
	while(DEBUG)
		never();
	for(; DEBUG; )
		never();
	x := 3;
	x + 1;
	x*x == 9;
	"string";
	nil = x;
	(x);
	e();
	e() + e();
	print("%d\n", x);
	if(x == 3)
		;
	else
		never();
	{
	}
	print("%d\n", f(0) + f(1));
	print("%d\n", g());
	y := 0;
	if(0){
		y = 1;
	lab:	for(;;)
			break lab;
	}
	print("%d\n", y);
	case 2 {
	1 =>	never();
	2 =>	print("two\n");
	}
	print("%d\n", 1 || e());
	print("%d\n", 0 && e());
	print("%d %d\n", e() && 0, 2 > 1);
	return;
	never();
}

n := 0;

e(): int
{
	print("e%d ", n++);
	return n;
}

f(x: int): int
{
	if(x)
		return 1;
	else
		return 2;
	never();
}

g(): int
{
	for(;;)
		if(n++ > 5)
			return n;
}
