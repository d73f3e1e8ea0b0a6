implement Test;

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";
include "regex.m";
	regex: Regex;
include "rand.m";

Test: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

show(a: array of (int, int))
{
	if(a == nil)
		print(" no");
	for(i := 0; i < len a; i++)
		print(" %d,%d", a[i].t0, a[i].t1);
}

match(e: string, flag: int, s: string)
{
	(re, err) := regex->compile(e, flag);
	print("[%s]", e);
	if(re == nil){
		print(" %s\n", err);
		return;
	}
	print(" [%s]", s);
	show(regex->execute(re, s));
	print("\n");
}

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	regex = load Regex Regex->PATH;
	bad := array[] of {"(", "*", "+a", "[a", ")", "a)", "a|*", "(a", "[]", "[^]", "a\\", "?", "a**", "a+*", "[z-a]", "[a-]", "", "()", "|", "a|",
		"(|a)", "[\\]]", "a{2}", "]", "[-a]", "^*", "a^b", "$a", "(*a)", "a||b", "\\n", "[\\n]"};
	for(i := 0; i < len bad; i++)
		match(bad[i], 1, "xaab*-]a{2}");
	match("(thick )*(chocolate |raspberry )?(topp|fill)ing", 0, "some thick thick raspberry filling");
	match("(thick )*(chocolate |raspberry )?(topp|fill)ing", 1, "some thick thick raspberry filling");
	match("[ABCb-z]+", 0, "aAbBcCdD");
	match("a*b*", 0, "bbaabb");
	match("a*b*", 1, "");
	match("(a|ab)(c|bcd)(d*)", 1, "abcd");
	match("(a*)(a|aa)", 1, "aaaa");
	match("(a*)*", 1, "aab");
	match("(a*)+", 1, "b");
	match("(a|b)*", 1, "abba");
	match("((a)|(b))*", 1, "ab");
	match("x*", 1, "aaa");
	match("^abc$", 1, "abc");
	match("^abc$", 1, "xabc");
	match("abc$", 1, "xabc");
	match("^", 1, "abc");
	match("$", 1, "abc");
	match(".", 1, "\nx");
	match(".*", 1, "ab\ncd");
	match("[^a]", 1, "a\n");
	match("é+", 1, "caféé!");
	match("[à-ü]+", 1, "caféé!");
	match("[^à-ü]+", 1, "éabcé");
	match(".→.", 1, "a→b");
	match("a\\.b", 1, "axb a.b");
	match("\\(\\)", 1, "x()");
	match("a.c|abcd", 1, "zabcd");
	match("abcd|a.c", 1, "zabcd");
	match("(foo|foobar)(bar)?", 1, "foobar");
	match("b(a|an)*(na)?", 1, "banana");
	match("([a-z]+)@([a-z]+)\\.(com|org)", 1, "mail joe@example.org now");
	match("a?a?a?a?a?a?a?a?a?a?a?a?aaaaaaaaaaaa", 0, "aaaaaaaaaaaa");
	match("(x+x+)+y", 0, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
	match("0|1(01*0)*1", 1, "1001");
	match("(a)(b)?(c)", 1, "ac");
	(re, nil) := regex->compile("^b(.*)c$", 1);
	show(regex->executese(re, "abxca", (1, 4), 1, 1));
	show(regex->executese(re, "abxca", (1, 4), 0, 1));
	show(regex->executese(re, "abxca", (1, 4), 1, 0));
	show(regex->executese(re, "abxca", (0, 4), 1, 1));
	show(regex->executese(re, "abxca", (1, 5), 1, 1));
	(re, nil) = regex->compile("x", 0);
	show(regex->executese(re, "axbx", (2, 4), 1, 1));
	show(regex->executese(re, "axbx", (-1, -1), 1, 1));
	show(regex->executese(nil, "x", (0, 1), 1, 1));
	print("\n");
	# many small expressions over two letters, on many strings
	rand := load Rand Rand->PATH;
	rand->init(7);
	h, n: int;
	h = n = 0;
	for(i = 0; i < 500; i++){
		e := mk(rand, 4);
		err: string;
		(re, err) = regex->compile(e, 1);
		if(re == nil){
			print("%s: %s\n", e, err);
			continue;
		}
		for(j := 0; j < 8; j++){
			s := "";
			for(k := rand->rand(9); k > 0; k--)
				s[len s] = 'a'+rand->rand(3);
			a := regex->execute(re, s);
			if(a != nil)
				n++;
			for(k = 0; k < len a && k < 1; k++)
				h = h*31 + a[k].t0*17 + a[k].t1;
		}
	}
	print("%d %d\n", n, h);
}

mk(rand: Rand, depth: int): string
{
	if(depth == 0)
		return "abc."[rand->rand(4):][0:1];
	case rand->rand(8) {
	0 or 1 or 2 =>
		return mk(rand, depth-1) + mk(rand, depth-1);
	3 =>
		return "(" + mk(rand, depth-1) + "|" + mk(rand, depth-1) + ")";
	4 =>
		return "(" + mk(rand, depth-1) + ")*";
	5 =>
		return "(" + mk(rand, depth-1) + ")+";
	6 =>
		return "(" + mk(rand, depth-1) + ")?";
	* =>
		return mk(rand, 0);
	}
}
