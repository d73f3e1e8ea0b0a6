implement Scopes;

# nested scopes, shadowing, and where a name begins and ends

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";

Scopes: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
	x:	int;
};

y: con 100;
T: type int;

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	print("%d\n", x);
	x = 1;
	x := x + 10;			# the global is read, a local is made
	print("%d\n", x);
	{
		x := x*2;
		print("%d\n", x);
		{
			x := "inner";
			print("%s\n", x);
			T: type string;
			t: T;
			t = x + "!";
			print("%s\n", t);
		}
		print("%d\n", x);
	}
	print("%d\n", x);
	t: T;
	t = 5;
	print("%d\n", t);
	for(i := 0; i < 2; i++){
		x := i*100;
		print("%d ", x);
	}
	print("%d\n", i);		# the scope of i goes on after the loop
	if((z := f(3)) > 2)
		print("%d\n", z);
	z++;
	print("%d\n", z);
	y := y + 1;
	print("%d\n", y);
	print("%d\n", g());
	case x {
	11 =>
		q := "case";
		print("%s\n", q);
	* =>
		q := 3.5;
		print("%g\n", q);
	}
	(a, b) := (1, 2);
	{
		a, b: string;
		a = b = "s";
	}
	print("%d %d\n", a, b);
	print("%d\n", shadow(5));
	h(1, "arg");
	print("%d\n", f(4));
	Scopes: con 12;			# even the module's name
	print("%d\n", Scopes);
	print := "not a function";
	sys->print("%s\n", print);
	sys := 3;
	prints("%d\n", sys);
}

prints(f: string, n: int)
{
	if(f == "%d\n")
		print("%d\n", n);
}

f(n: int): int
{
	return n;
}

g(): int
{
	return x;			# the global
}

shadow(n: int): int
{
	m := n;
	{
		n := m+1;
		{
			m := n+1;
			n += m;
		}
		m = n;
	}
	return m*100+n;
}

h(f: int, print: string)
{
	sys->print("%d %s\n", f, print);
}
