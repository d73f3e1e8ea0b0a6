implement Test;

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";
include "string.m";
	str: String;
include "math.m";

Test: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

two(what: string, p: (string, string))
{
	print("%s <%s><%s>\n", what, p.t0, p.t1);
}

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	math := load Math Math->PATH;
	math->FPcontrol(0, Math->INVAL|Math->ZDIV|Math->OVFL|Math->UNFL);
	str = load String String->PATH;
	classes := array[] of {"a-c", "^a-c", "", "^", "-a", "a-", "^-a", "a-cx-z", "abc", "a-c-e", "\\-", "^ \t", "z-a", "é-→", "a^"};
	for(i := 0; i < len classes; i++){
		cl := classes[i];
		print("[%s] ", cl);
		for(l := list of {'a', 'b', 'd', 'x', '-', '^', ' ', 'é', '\\', 'e'}; l != nil; l = tl l)
			print("%d", str->in(hd l, cl));
		print(" %s,%s", str->take("abcdexyz -", cl), str->drop("abcdexyz -", cl));
		(a, b) := str->splitl("xx abc-- xx", cl);
		(c, d) := str->splitr("xx abc-- xx", cl);
		print(" %s|%s %s|%s\n", a, b, c, d);
	}
	two("splitl", str->splitl("hello world", "o"));
	two("splitl", str->splitl("hello", "z"));
	two("splitl", str->splitl("", "z"));
	two("splitr", str->splitr("hello world", "o"));
	two("splitr", str->splitr("hello", "z"));
	two("splitr", str->splitr("", "z"));
	two("splitstrl", str->splitstrl("one two one two", "two"));
	two("splitstrl", str->splitstrl("one two", "three"));
	two("splitstrl", str->splitstrl("abc", ""));
	two("splitstrl", str->splitstrl("", "x"));
	two("splitstrr", str->splitstrr("one two one two one", "two"));
	two("splitstrr", str->splitstrr("one two", "three"));
	two("splitstrr", str->splitstrr("abc", ""));
	two("splitstrr", str->splitstrr("aaaa", "aa"));
	two("splitstrr", str->splitstrr("", "x"));
	print("%d%d%d%d%d\n", str->prefix("ab", "abc"), str->prefix("abc", "abc"), str->prefix("abcd", "abc"), str->prefix("", "abc"), str->prefix("b", "abc"));
	print("%s %s\n", str->tolower("Hello ÄÉ World 123"), str->toupper("Hello äé World 123"));
	nums := array[] of {"123", "-45x", "  +7 ", "ff", "16rFF", "16rfg", "8r778", "", "-", "x", "0", "2r102", "36rZz!", "1r1", "37r1",
		"r5", "0x10", "99999999999", "16r", "\t\n 12", "--3", "16r-5", "-16r10", "07", "2147483647", "-2147483648", "4294967295"};
	for(i = 0; i < len nums; i++){
		s := nums[i];
		print("[%s]", s);
		for(bl := list of {10, 0, 16, 8, 2, 12}; bl != nil; bl = tl bl){
			(n, r) := str->toint(s, hd bl);
			(b, br) := str->tobig(s, hd bl);
			print(" %d<%s>%bd<%s>", n, r, b, br);
		}
		print("\n");
	}
	reals := array[] of {"1.5", "-2.25e3x", " .5 ", "1", "1.", "", "-", "e5", "1e", "1e+", "1e-2z", "nan", "NaNx", "-Infinity", "infinit", "16r1.8",
		"2r1.01e3", "1.2.3", "+3.5", "123456789.125", "1e10", "0.1", "3.14159", "16rf.fp", "inf", "8r.4"};
	for(i = 0; i < len reals; i++)
		for(rl := list of {10, 0}; rl != nil; rl = tl rl){
			(v, r) := str->toreal(reals[i], hd rl);
			print("[%s] %g <%s>\n", reals[i], v, r);
		}
	l := str->append("c", "a" :: "b" :: nil);
	for(; l != nil; l = tl l)
		print("%s ", hd l);
	print("%d\n", len str->append("x", nil));
	lists := array[] of {
		"plain" :: "words" :: nil,
		"two words" :: "it's" :: "" :: nil,
		nil,
		"tab\there" :: "new\nline" :: "a=b" :: "$x" :: nil,
		"'" :: "''" :: " " :: nil,
		"é" :: "a;b" :: nil,
	};
	for(i = 0; i < len lists; i++){
		q := str->quoted(lists[i]);
		print("{%s} {%s}", q, str->quotedc(lists[i], "=;$"));
		for(m := str->unquoted(q); m != nil; m = tl m)
			print(" <%s>", hd m);
		print("\n");
	}
	odd := array[] of {"a'b c'd", "'open", "a''b", "''", "  lead trail  ", "'a''b' c", "'x'y'z'", "tab\tnl\nend", "'' ''"};
	for(i = 0; i < len odd; i++){
		print("[%s]", odd[i]);
		for(m := str->unquoted(odd[i]); m != nil; m = tl m)
			print(" <%s>", hd m);
		print("\n");
	}
}
