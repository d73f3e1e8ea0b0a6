implement Test;

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";
include "filepat.m";
	filepat: Filepat;
include "readdir.m";
	readdir: Readdir;
include "env.m";

Test: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

DIR: con "/tmp/filepat.test";

show(pat: string)
{
	print("%s:", pat);
	for(l := filepat->expand(pat); l != nil; l = tl l)
		print(" %s", hd l);
	print("\n");
}

touch(name: string, n: int)
{
	fd := sys->create(DIR + "/" + name, Sys->OWRITE, 8r666);
	sys->write(fd, array[n] of {* => byte 'x'}, n);
}

dir(what: string, key: int)
{
	print("%s:", what);
	(a, n) := readdir->init(DIR, key);
	for(i := 0; i < n; i++)
		if((key & 3) != Readdir->SIZE || (a[i].mode & Sys->DMDIR) == 0)	# the size of a directory is the server's affair
			print(" %s", a[i].name);
	print(" %d\n", n);
}

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	filepat = load Filepat Filepat->PATH;
	readdir = load Readdir Readdir->PATH;
	pats := array[] of {"*", "a*", "*a", "?", "??", "[abc]", "[a-c]x", "[^a-c]*", "a*b*c", "*.b", "\\*", "a\\", "", "[", "[]", "[a", "a[b-]c", "**", "*?",
		"[\\]]", "a/*", "é*", "[à-ÿ]", "*a*a*", "[^]"};
	names := array[] of {"", "a", "b", "ab", "bx", "abc", "aXbYc", "file.b", "*", "a/b", "éa", "é", "aaa", "a-c", "]", "[", "aab"};
	for(i := 0; i < len pats; i++){
		print("[%s]", pats[i]);
		for(j := 0; j < len names; j++)
			if(filepat->match(pats[i], names[j]))
				print(" <%s>", names[j]);
		print("\n");
	}
	sys->create(DIR, Sys->OREAD, Sys->DMDIR|8r777);
	touch("one.b", 3);
	touch("two.b", 1);
	touch("three.m", 2);
	touch("Zed", 5);
	touch("x1", 4);
	touch("x2", 0);
	sys->create(DIR + "/sub", Sys->OREAD, Sys->DMDIR|8r777);
	sys->create(DIR + "/sub2", Sys->OREAD, Sys->DMDIR|8r777);
	touch("sub/in.b", 1);
	touch("sub2/in.b", 1);
	show(DIR + "/*.b");
	show(DIR + "/*");
	show(DIR + "/*/*");
	show(DIR + "/sub*/in.b");
	show(DIR + "/x[0-9]");
	show(DIR + "/nothing*");
	show(DIR + "/one.b");
	show(DIR + "/none.b");
	show("/t*/filepat*/[st]*");
	show("/");
	show("");
	sys->chdir(DIR);
	show("*.b");
	show("*/*.b");
	show("./*.m");
	show("sub");
	show("*/");
	dir("name", Readdir->NAME);
	dir("name down", Readdir->NAME|Readdir->DESCENDING);
	dir("size", Readdir->SIZE);
	dir("size down", Readdir->SIZE|Readdir->DESCENDING);
	dir("compact", Readdir->NAME|Readdir->COMPACT);
	(nil, n) := readdir->init("/no/such/dir", Readdir->NAME);
	print("%d\n", n);
	(a, nil) := readdir->readall(sys->open(DIR, Sys->OREAD), Readdir->NAME);
	a[0].mtime = 5;
	for(i = 1; i < len a; i++)
		a[i].mtime = a[i].atime = i%3;
	(a, n) = readdir->sortdir(a, Readdir->MTIME);
	for(i = 0; i < n; i++)
		print("%s ", a[i].name);
	(a, n) = readdir->sortdir(a, Readdir->MTIME|Readdir->DESCENDING);
	for(i = 0; i < n; i++)
		print("%s ", a[i].name);
	print("\n");
	env := load Env Env->PATH;
	env->new();
	print("%d %d\n", env->setenv("var", "a value"), env->setenv("empty", ""));
	print("%s %d %d\n", env->getenv("var"), env->getenv("empty") == nil, env->getenv("none") == nil);
	print("%d %s\n", env->setenv("var", "é"), env->getenv("var"));
	env->setenv("more", "x");
	print("%d\n", len env->getall());
	for(vl := env->getall(); vl != nil; vl = tl vl)
		print("%s=%s ", (hd vl).t0, (hd vl).t1);
	print("%d\n", env->setenv("more", nil));
	print("%d\n", len env->getall());
	print("%d\n", env->clone() >= 0);
	print("%s\n", env->getenv("var"));
	for(l := list of {"sub/in.b", "sub2/in.b", "sub", "sub2", "one.b", "two.b", "three.m", "Zed", "x1", "x2", ""}; l != nil; l = tl l)
		sys->remove(DIR + "/" + hd l);
}
