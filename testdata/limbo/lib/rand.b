implement Test;

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";
include "rand.m";
include "hash.m";
	hash: Hash;
	HashVal, HashTable: import hash;
include "tables.m";
	tables: Tables;
	Table, Strhash: import tables;
include "workdir.m";

Test: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	rand := load Rand Rand->PATH;
	for(l := list of {0, 1, 42, -7, 16r7fffffff}; l != nil; l = tl l){
		rand->init(hd l);
		for(i := 0; i < 5; i++)
			print("%d %d %bd %d; ", rand->rand(100), rand->rand(16r7fffffff), rand->bigrand(big 1 << 50), rand->rand(1));
		print("%d %d %bd\n", rand->rand(0), rand->rand(-5), rand->bigrand(big 0));
	}
	hash = load Hash Hash->PATH;
	h := hash->new(7);
	for(i := 0; i < 20; i++)
		h.insert("key" + string i, HashVal(i, real i/2.0, "v" + string i));
	h.insert("key3", HashVal(33, 0.5, "new"));
	h.delete("key4");
	h.delete("nokey");
	v := h.find("key3");
	print("%d %g %s %d %d\n", v.i, v.r, v.s, h.find("key4") == nil, len h.all());
	v.i = 99;
	print("%d\n", h.find("key3").i);
	words := array[] of {"", "a", "limbo", "hello world", "→é"};
	for(i = 0; i < len words; i++)
		print("%d %d %d\n", hash->fun1(words[i], 101), hash->fun2(words[i], 101), hash->fun1(words[i], 16r7fffffff) >= 0);
	tables = load Tables Tables->PATH;
	t := Table[string].new(3, "none");
	print("%d %d %d", t.add(1, "one"), t.add(4, "four"), t.add(1, "again"));
	print(" %s %s %s", t.find(1), t.find(4), t.find(2));
	print(" %d %d %s\n", t.del(1), t.del(2), t.find(1));
	s := Strhash[string].new(3, nil);
	s.add("k", "v");
	s.add("k2", "v2");
	s.add("k", "w");
	s.del("k2");
	print("%s [%s]\n", s.find("k"), s.find("k2"));
	workdir := load Workdir Workdir->PATH;
	sys->chdir("/dev");
	print("%s\n", workdir->init());
}
