implement Excstring;

# string exceptions: exact and prefix patterns, the most specific one, raising again, nesting, through calls

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";

Excstring: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	for(l := list of {"a", "b", "ab", "abc", "abcd", "abcde", "ax", "zzz", ""}; l != nil; l = tl l)
		try(hd l);
	{
		raise "fail:usage";
	} exception e {
	"fail:*" =>
		print("%s\n", e[5:]);
	}
	{
		{
			raise "inner";
		} exception {
		"other" =>
			print("wrong\n");
		}
		print("unreached\n");
	} exception e {
	"inner" =>
		print("outer caught %s\n", e);
	}
	print("%d\n", deep(5));
	# raise from a handler goes outwards
	{
		{
			raise "first";
		} exception e {
		"first" =>
			raise e + " second";
		}
	} exception e {
	"*" =>
		print("%s\n", e);
	}
	{
		{
			raise "again";
		} exception {
		"*" =>
			raise;
		}
	} exception e {
	"again" =>
		print("%s again\n", e);
	}
	n := 0;
	for(i := 0; i < 6; i++){
		{
			if(i == 1)
				continue;
			if(i == 4)
				break;
			if(i%2 == 0)
				raise "even" + string i;
			n += 10;
		} exception e {
		"even2" =>
			print("%s\n", e);
			continue;
		"even*" =>
			n += 100;
		}
		n++;
	}
	print("%d\n", n);
	print("%d %d\n", ret(0), ret(1));
	{
		;
	} exception {
	"*" =>
		print("none\n");
	}
	s := "computed";
	{
		raise s[0:4];
	} exception {
	"comp" =>
		print("exact\n");
	}
	# locals keep their values
	x := 1;
	y := "y";
	{
		x = 2;
		y += "z";
		raise "e";
	} exception {
	* =>
		print("%d %s\n", x, y);
	}
	c := chan of string;
	spawn thrower(c);
	print("%s\n", <-c);
	{
		recurse(3);
	} exception e {
	"*" =>
		print("%s\n", e);
	}
	print("end\n");
}

try(s: string)
{
	print("%s: ", s);
	{
		raise s;
	} exception e {
	"a" or "b" =>
		print("a or b, %s\n", e);
	"ab*" =>
		print("ab*, %s\n", e);
	"abcd*" =>
		print("abcd*, %s\n", e);
	"abcd" =>
		print("abcd exactly\n");
	"a*" =>
		print("a*, %s\n", e);
	"*" =>
		print("*, %s\n", e);
	}
}

deep(n: int): int
{
	{
		return down(n);
	} exception e {
	"bottom*" =>
		return int e[7:];
	}
}

down(n: int): int
{
	if(n == 0)
		raise "bottom 77";
	return down(n-1)+1;
}

ret(n: int): int
{
	{
		if(n)
			return 1;
		raise "r";
	} exception {
	"r" =>
		return 2;
	}
	return 3;
}

thrower(c: chan of string)
{
	{
		raise "in another process";
	} exception e {
	"*" =>
		c <-= e;
	}
}

recurse(n: int)
{
	{
		if(n == 0)
			raise "0";
		recurse(n-1);
	} exception e {
	"*" =>
		raise string n + e;
	}
}
