implement Test;

# changing and comparing values as json(2) describes it; the reference removes a member that it should set anew, and
# finds objects of two members different

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
	a := array[2] of ref JValue;
	a[0] = json->jvtrue();
	a[1] = json->jvnull();
	o := json->jvobject(("a", json->jvint(1)) :: ("b", json->jvstring("two")) :: ("c", json->jvarray(a)) :: nil);
	o.set("b", json->jvreal(2.5));
	o.set("new", json->jvfalse());
	print("%s\n", o.text());
	p := o.copy();
	print("%d\n", p.eq(o));
	p.set("a", json->jvbig(big 1 << 40));
	print("%d %s %s\n", p.eq(o), p.get("a").text(), o.get("a").text());
	q: ref JValue = json->jvobject(("y", json->jvint(2)) :: ("x", json->jvint(1)) :: nil);
	r: ref JValue = json->jvobject(("x", json->jvint(1)) :: ("y", json->jvint(2)) :: nil);
	print("%d %d %d\n", q.eq(r), q.eq(o), json->jvint(1).eq(json->jvreal(1.0)));
	{
		json->jvint(1).set("x", nil);
	} exception e {
	"*" =>
		print("%s\n", e);
	}
	(v, nil) := json->readjson(bufio->sopen(o.text()));
	print("%d %s\n", v.eq(o), v.text());
	small := json->jvreal(1e-7);
	(v, nil) = json->readjson(bufio->sopen(small.text()));
	print("%s %d\n", small.text(), v.eq(small));
	# a pair of surrogates is one character
	(v, nil) = json->readjson(bufio->sopen("\"\\ud83d\\ude00\""));
	pick x := v {
	String =>
		print("%d %x\n", len x.s, x.s[0]);
	}
	deep := "";
	for(i := 0; i < 5000; i++)
		deep += "[";
	err: string;
	(v, err) = json->readjson(bufio->sopen(deep));
	print("%d %s\n", v == nil, err);
}
