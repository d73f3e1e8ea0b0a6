implement Test;

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";
include "names.m";
	names: Names;

Test: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	names = load Names Names->PATH;
	n := array[] of {"", ".", "..", "/", "//", "a", "a/", "/a", "/a/", "a/b", "/a/b/c", "a//b", "/a/../b", "a/..", "../a", "/..", "/../a",
		"./a", "a/.", "a/./b", "../../x", "a/../../b", "#s", "#s/a/../b", "#s/..", "#U*/x", "/a/b/", "///a", "a/b/../..", "...", "a/.../b",
		"name.b", "/x/name.b", ".b", "dir.b/", "/é/ü→.b", "a b/c d"};
	for(i := 0; i < len n; i++){
		s := n[i];
		print("[%s] clean <%s> dir <%s> base <%s> <%s>", s, names->cleanname(s), names->dirname(s), names->basename(s, nil), names->basename(s, ".b"));
		l := names->elements(s);
		print(" path <%s>", names->pathname(l));
		for(; l != nil; l = tl l)
			print(" (%s)", hd l);
		print("\n");
	}
	p := array[] of {"", "/", "/a", "/a/", "/a/b", "a", "a/b", "/ab", "b", "#s", "#s/a", "/a/b/c"};
	for(i = 0; i < len p; i++)
		for(j := 0; j < len p; j++)
			print("%s %s %d <%s> <%s>\n", p[i], p[j], names->isprefix(p[i], p[j]), names->relative(p[j], p[i]), names->rooted(p[i], p[j]));
	print("%s\n", names->pathname("a" :: "/b" :: "" :: "c" :: nil));
	print("%s\n", names->pathname("/" :: nil));
}
