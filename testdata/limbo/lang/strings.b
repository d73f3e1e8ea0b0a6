implement Strings;

# strings are rows of unicode characters, with value semantics

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";

Strings: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

g: string = "global";
empty: string;

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	s := "Ångström";
	print("%s %d\n", s, len s);
	print("%d %c %x\n", s[0], s[6], s[len s-1]);
	print("%s %s %s\n", s[0:1], s[1:4], s[4:]);
	print("[%s] [%s]\n", s[3:3], s[len s:]);
	t := s;
	t[0] = 'A';
	print("%s %s\n", s, t);			# a copy
	t[len t] = '!';
	t[len t] = '€';
	print("%s %d\n", t, len t);
	t[1] = 16r1F600;
	print("%s %d %x\n", t, len t, t[1]);
	u := "";
	for(c := 'a'; c <= 'z'; c++)
		u[len u] = c;
	print("%s\n", u);
	u += "-" + u[0:3];
	print("%s\n", u);
	print("%d %d %d\n", empty == nil, empty == "", len empty);
	print("%d %d %d\n", "" == nil, u == nil, u != "");
	empty[len empty] = 'x';
	print("%s\n", empty);
	print("%d%d%d%d%d%d\n", "abc" < "abd", "abc" > "ab", "abc" <= "abc", "Z" >= "a", "é" > "z", "" < "a");
	print("%d%d\n", "日本" < "日本語", "日本" == "日本");
	print("%s\n", rev("stressed →"));
	print("%s|%s|%s\n", "a" + "b" + "c", g, "x" + string 12 + "y");
	s = nil;
	print("[%s] %d\n", s, len s);
	a := array[] of {"one", "two", nil};
	a[2] = a[0] + a[1];
	a[0][0] = 'O';
	a[1] += "!";
	print("%s %s %s\n", a[0], a[1], a[2]);
	print("%d\n", count("mississippi", 's'));
	(n, l) := sys->tokenize("  the quick\tbrown  ", " \t");
	print("%d", n);
	for(; l != nil; l = tl l)
		print(" <%s>", hd l);
	print("\n");
	print("%s\n", upper("straße 123"));
	r := "abc";
	r = r[1:] + r[0:1];
	print("%s\n", r);
	i := 0;
	r[i++] = 'X';
	r[i++]++;
	print("%s %d\n", r, i);
	w := "x";
	while(len w < 20)
		w += w;
	print("%d %s\n", len w, w[0:5]);
	print("%d\n", hash("limbo"));
	print("%q %q %q\n", "plain", "two words", "it's");
	z := "same";
	y := "sa";
	y += "me";
	print("%d\n", z == y);
	print("%.3s|%6s|%-6s|\n", "abcdef", "ab", "cd");
	case "b" + "c" {
	"bc" =>
		print("matched\n");
	* =>
		print("no\n");
	}
	f(z);
	print("%s\n", z);
	v := array of byte "\u0001\u007f\u0080\u07ff\u0800\uffff";
	for(i = 0; i < len v; i++)
		print("%.2x ", int v[i]);
	print("\n");
}

f(s: string)
{
	s[0] = 'S';
	print("%s\n", s);
}

rev(s: string): string
{
	t := "";
	for(i := len s-1; i >= 0; i--)
		t[len t] = s[i];
	return t;
}

count(s: string, c: int): int
{
	n := 0;
	for(i := 0; i < len s; i++)
		if(s[i] == c)
			n++;
	return n;
}

upper(s: string): string
{
	for(i := 0; i < len s; i++)
		if(s[i] >= 'a' && s[i] <= 'z')
			s[i] += 'A'-'a';
	return s;
}

hash(s: string): int
{
	h := 5381;
	for(i := 0; i < len s; i++)
		h = h*33 ^ s[i];
	return h;
}
