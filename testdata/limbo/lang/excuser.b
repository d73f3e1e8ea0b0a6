implement Excuser;

# declared exceptions: values, raises clauses, handlers, and what they become further out

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";

Excuser: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

FIB: exception(int, int);
NONE: exception;
TEXT, OTHER: exception(string);
DATA: exception(ref Pt, list of int, real);

Pt: adt {
	x, y:	int;
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	for(i := 0; i < 8; i++)
		print("%d ", fibonacci(i));
	print("\n");
	for(i = 0; i < 7; i++)
		print("%s\n", which(i));
	{
		raise FIB(3, 4);
	} exception e {
	FIB =>
		(a, b) := e;
		print("%d %d\n", a, b);
	}
	{
		raise DATA(ref Pt(1, 2), 5 :: 6 :: nil, 2.5);
	} exception e {
	DATA =>
		(p, l, r) := e;
		print("%d %d %g\n", p.y, len l, r);
	}
	# two frames away, a declared exception is a string that holds its name
	{
		outer();
	} exception e {
	TEXT =>
		print("not reached\n");
	"*" =>
		print("%s\n", e);
	}
	{
		{
			raise NONE;
		} exception {
		NONE =>
			print("none, raised again\n");
			raise;
		}
	} exception {
	NONE =>
		print("caught again\n");
	}
	{
		{
			raise TEXT("t");
		} exception e {
		TEXT =>
			s := e;
			raise OTHER("o");
		}
	} exception e {
	OTHER =>
		print("other\n");
	* =>
		print("any\n");
	}
	LOCAL: exception(int);
	{
		raise LOCAL(5);
	} exception e {
	LOCAL =>
		print("local\n");
	}
	q := chan of int;
	spawn proc(q);
	print("%d\n", <-q);
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
		print("unexpected string exception %s raised\n", e);
	* =>
		print("unexpected exception raised\n");
	}
	return 0;
}

fib(n: int, m: int, x: int, y: int) raises (FIB)
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

mk(i: int) raises (NONE, TEXT, OTHER, FIB)
{
	case i {
	0 =>	raise NONE;
	1 =>	raise TEXT("some text");
	2 =>	raise OTHER("other text");
	3 =>	raise FIB(1, 2);
	4 =>	raise "a string";
	5 =>	raise "b string";
	}
}

which(i: int): string
{
	{
		mk(i);
	} exception e {
	NONE =>
		return "NONE";
	TEXT =>
		return "TEXT";
	"a*" =>
		return "string a*: " + e;
	"*" =>
		return "string: " + e;
	* =>
		return "any";
	}
	return "nothing";
}

outer()
{
	inner();
}

inner()
{
	raise TEXT("lost");
}

proc(q: chan of int)
{
	{
		mk(3);
	} exception e {
	FIB =>
		(a, b) := e;
		q <-= a*10+b;
	}
}
