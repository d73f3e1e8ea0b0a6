implement Test;

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";
include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;
include "json.m";
	json: JSON;
	JValue: import json;

Test: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	bufio = load Bufio Bufio->PATH;
	json = load JSON JSON->PATH;
	json->init(bufio);
	good := array[] of {
		"null", "true", " false ", "0", "-12", "12345678901234567", "1.5", "-0.25", "1e3", "1E-2", "\"\"", "\"str\"", "\"a\\n\\t\\\"\\\\\\/\\u00e9\\u2192\"",
		"[]", "[1]", "[1, 2 ,3]", "[[],[[]]]", "{}", "{\"a\":1}", "{ \"a\" : [ 1 , {\"b\":null} ] , \"c\":\"d\" }",
		"[true,false,null,\"x\",1.25]", "\"\u0001\u001f\"", "\"é→\"", "[1]\n[2]\n",
	};
	for(i := 0; i < len good; i++){
		b := bufio->sopen(good[i]);
		v: ref JValue;
		err: string;
		for(;;){
			(v, err) = json->readjson(b);
			if(v == nil)
				break;
			print("%s %d%d%d%d%d%d%d%d%d\n", v.text(), v.isarray(), v.isfalse(), v.isint(), v.isnull(), v.isnumber(),
				v.isobject(), v.isreal(), v.isstring(), v.istrue());
		}
		if(err != nil)
			print("%s\n", err);
	}
	bad := array[] of {"[", "[1", "[1,", "[1,]", "{", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{a:1}", "\"open", "\"\\u12g4\"", "nul", "tru", "-", "]", "@", "[1 2]", "{\"a\" 1}", "1.2.3", "'x'"};
	for(i = 0; i < len bad; i++){
		(v, err) := json->readjson(bufio->sopen(bad[i]));
		print("%s: %d %d\n", bad[i], v == nil, err != nil);
	}
	a := array[2] of ref JValue;
	a[0] = json->jvtrue();
	a[1] = json->jvnull();
	o := json->jvobject(("a", json->jvint(1)) :: ("b", json->jvstring("two")) :: ("c", json->jvarray(a)) :: nil);
	print("%s\n", o.text());
	print("%s %d\n", o.get("b").text(), o.get("z") == nil);
	f := bufio->create("/tmp/json.test", Sys->ORDWR, 8r666);
	print("%d\n", json->writejson(f, o));
	f.close();
	(v, nil) := json->readjson(bufio->open("/tmp/json.test", Sys->OREAD));
	print("%s\n", v.text());
	sys->remove("/tmp/json.test");
	for(l := list of {0.0, 1.0, 100.5, 1e20, 1e21, .1, -.5}; l != nil; l = tl l)
		print("%s ", json->jvreal(hd l).text());
	print("\n");
}
