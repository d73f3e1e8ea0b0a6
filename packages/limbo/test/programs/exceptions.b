implement Exceptions;

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";

Exceptions: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

FIB:	exception(int, int);
Empty:	exception;
Named:	exception(string);

fib(n, m, x, y: int) raises (FIB)
{
	if(n >= m)
		raise FIB(x, y);
	{
		fib(n+1, m, x, y);
	} exception e {
	FIB =>
		(x, y) = e;
		x = x+y;
		y = x-y;
		raise FIB(x, y);
	}
}

fibonacci(n: int): int
{
	{
		fib(1, n, 1, 1);
	} exception e {
	FIB =>
		(x, nil) := e;
		return x;
	"*" =>
		print("unexpected %s\n", e);
	* =>
		print("unexpected\n");
	}
	return 0;
}

thrower(i: int)
{
	case i {
	0 => raise "plain";
	1 => raise "prefix:rest";
	2 => raise Empty;
	3 => raise Named("value");
	4 =>
		a := array[1] of int;
		a[i] = 1;
	5 =>
		l: list of int;
		i = hd l;
	6 =>
		i = i / (i-6);
	}
}

try(i: int): string
{
	s := "start";
	{
		t := "local" + string i;
		thrower(i);
		s = t;
	} exception e {
	"plain" =>
		s = "caught " + e;
	"prefix:*" =>
		s = "prefix " + e[7:];
	Empty =>
		s = "empty";
	Named =>
		s = "named " + e;
	"array bounds error" or "dereference of nil" =>
		s = "runtime";
	"*" =>
		s = "other";
	}
	return s;
}

rethrow(): string
{
	{
		{
			raise "inner";
		} exception e {
		"inner" =>
			raise;
		}
	} exception x {
	"in*" =>
		return "again " + x;
	}
	return "lost";
}

nested(): int
{
	for(i := 0; i < 3; i++){
		{
			if(i == 1)
				raise "skip";
			s := "x" + string i;
			print("%s ", s);
		} exception {
		"skip" =>
			print("skipped ");
			continue;
		}
	}
	print("\n");
	return 1;
}

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	for(i := 0; i < 8; i++)
		print("%d ", fibonacci(i));
	print("\n");
	for(i = 0; i < 7; i++)
		print("%s\n", try(i));
	print("%s\n", try(9));
	print("%s\n", rethrow());
	nested();
}
