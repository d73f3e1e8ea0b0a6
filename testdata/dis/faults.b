# Arithmetic at its edges, and the words of faults.
implement Faults;
include "sys.m"; sys: Sys;
include "draw.m";
Faults: module { init: fn(nil: ref Draw->Context, args: list of string); };
try(n: int, a, b: real): string
{
	{
		r: real;
		case n {
		0 => r = a/b;
		1 => r = a*b;
		2 => r = a+b;
		3 => return string (int a);
		4 => return string (big a);
		}
		return string r;
	} exception e { "*" => return "exc:" + e; }
}
tw(n: int, a, b: int): string
{
	{
		case n {
		0 => return string (a/b);
		1 => return string (a%b);
		2 => return string (big a/ big b);
		3 => return string (a<<b);
		4 => return string (a>>b);
		5 => return string (big a<<b);
		6 => return string (big a>>b);
		}
		return "";
	} exception e { "*" => return "exc:" + e; }
}
init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	sys->print("%s\n", try(0, 1.0, 0.0));
	sys->print("%s\n", try(0, 0.0, 0.0));
	sys->print("%s\n", try(1, 1e300, 1e300));
	sys->print("%s\n", try(1, 1e-300, 1e-300));
	sys->print("%s\n", try(2, 1e308, 1e308));
	sys->print("%s\n", try(3, 1e20, 0.0));
	sys->print("%s\n", try(3, 1e10, 0.0));
	sys->print("%s\n", try(3, -1e10, 0.0));
	sys->print("%s\n", try(4, 1e20, 0.0));
	sys->print("%s\n", try(3, 2.5, 0.0));
	sys->print("%s\n", try(3, -2.5, 0.0));
	for(i := 30; i < 70; i += 3) {
		sys->print("%d %s %s %s %s\n", i, tw(3,5,i), tw(4,-5000,i), tw(5,5,i), tw(6,-5000,i));
	}
	sys->print("%s\n", tw(3, 1, -1));
	sys->print("%s %s %s\n", string 1e21, string 123456789.0, string 0.00001);
	a: array of int; s: string; 
	{ sys->print("%d", a[0]); } exception e { "*" => sys->print("%s\n", e); }
	{ sys->print("%d", s[0]); } exception e { "*" => sys->print("%s\n", e); }
	s = "";
	{ sys->print("%d", s[0]); } exception e { "*" => sys->print("%s\n", e); }
	s = sys->sprint("%s", "");
	{ sys->print("%d", s[0]); } exception e { "*" => sys->print("%s\n", e); }
	l: list of int;
	{ sys->print("%d", hd l); } exception e { "*" => sys->print("%s\n", e); }
	{ l = tl l; } exception e { "*" => sys->print("%s\n", e); }
	{ a = array[-1] of int; } exception e { "*" => sys->print("%s\n", e); }
	{ a = array[16r7fffffff] of int; } exception e { "*" => sys->print("%s\n", e); }
	{ s[1] = 'c'; } exception e { "*" => sys->print("%s\n", e); }
	{ s = s[2:1]; } exception e { "*" => sys->print("%s\n", e); }
	c: chan of int;
	{ c <-= 1; } exception e { "*" => sys->print("%s\n", e); }
	{ a = a[1:2]; } exception e { "*" => sys->print("%s\n", e); }
	m := load Faults "/nonexist";
	sys->print("%r\n");
	{ m->init(nil, nil); } exception e { "*" => sys->print("%s\n", e); }
	f: Sys; 
	{ f->print("x"); } exception e { "*" => sys->print("%s\n", e); }
	raise "fail:done";
}
