implement Jsontext;

# a parser of JSON: pick adts, tuples of results, recursion, case in case

include "sys.m";
	sys: Sys;
	print, sprint: import sys;
include "draw.m";

Jsontext: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

Json: adt {
	pick {
	Null =>
	Bool =>
		v:	int;
	Num =>
		v:	real;
	Str =>
		v:	string;
	Arr =>
		v:	cyclic array of ref Json;
	Obj =>
		v:	cyclic list of (string, ref Json);
	}
	text:	fn(j: self ref Json): string;
	size:	fn(j: self ref Json): int;
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	t := array[] of {
		"null", " true ", "[1,2.5,-3e2]", "{\"a\":[],\"b\":{\"c\":\"d\\n\\u0041\"}}",
		"[", "{\"a\" 1}", "\"open", "[1,]", "nul", "[[[[7]]]]",
	};
	for(i := 0; i < len t; i++){
		(j, rest, err) := parse(t[i]);
		if(err != nil)
			print("%s: %s\n", t[i], err);
		else
			print("%s %d [%s]\n", j.text(), j.size(), rest);
	}
}

parse(s: string): (ref Json, string, string)
{
	s = skip(s);
	if(s == nil)
		return (nil, nil, "unexpected end");
	case s[0] {
	'n' =>	return word(s, "null", ref Json.Null);
	't' =>	return word(s, "true", ref Json.Bool(1));
	'f' =>	return word(s, "false", ref Json.Bool(0));
	'"' =>
		(v, r, err) := str(s[1:]);
		if(err != nil)
			return (nil, nil, err);
		return (ref Json.Str(v), r, nil);
	'[' =>
		l: list of ref Json;
		s = skip(s[1:]);
		if(s != nil && s[0] == ']')
			return (ref Json.Arr(nil), s[1:], nil);
		for(;;){
			(j, r, err) := parse(s);
			if(err != nil)
				return (nil, nil, err);
			l = j :: l;
			s = skip(r);
			if(s == nil || s[0] != ',' && s[0] != ']')
				return (nil, nil, "expected , or ]");
			if(s[0] == ']')
				break;
			s = s[1:];
		}
		a := array[len l] of ref Json;
		for(i := len a-1; i >= 0; (i, l) = (i-1, tl l))
			a[i] = hd l;
		return (ref Json.Arr(a), s[1:], nil);
	'{' =>
		l: list of (string, ref Json);
		s = skip(s[1:]);
		while(s != nil && s[0] != '}'){
			if(s[0] != '"')
				return (nil, nil, "expected name");
			(k, r, err) := str(s[1:]);
			if(err == nil && ((r = skip(r)) == nil || r[0] != ':'))
				err = "expected :";
			if(err != nil)
				return (nil, nil, err);
			j: ref Json;
			(j, s, err) = parse(r[1:]);
			if(err != nil)
				return (nil, nil, err);
			l = (k, j) :: l;
			s = skip(s);
			if(s != nil && s[0] == ',')
				s = skip(s[1:]);
		}
		if(s == nil)
			return (nil, nil, "expected }");
		return (ref Json.Obj(l), s[1:], nil);
	'-' or '0' to '9' =>
		for(i := 1; i < len s; i++)
			case s[i] {
			'0' to '9' or '.' or 'e' or 'E' or '+' or '-' =>
				continue;
			* =>
				return (ref Json.Num(real s[0:i]), s[i:], nil);
			}
		return (ref Json.Num(real s), nil, nil);
	* =>
		return (nil, nil, sprint("unexpected '%c'", s[0]));
	}
}

word(s, w: string, j: ref Json): (ref Json, string, string)
{
	if(len s < len w || s[0:len w] != w)
		return (nil, nil, "expected " + w);
	return (j, s[len w:], nil);
}

skip(s: string): string
{
	for(i := 0; i < len s && (s[i] == ' ' || s[i] == '\n'); i++)
		;
	return s[i:];
}

str(s: string): (string, string, string)
{
	v := "";
	for(i := 0; i < len s; i++)
		case c := s[i] {
		'"' =>
			return (v, s[i+1:], nil);
		'\\' =>
			case c = s[++i] {
			'n' =>	c = '\n';
			't' =>	c = '\t';
			'u' =>	(c, i) = (hex(s[i+1:i+5]), i+4);
			}
			v[len v] = c;
		* =>
			v[len v] = c;
		}
	return (nil, nil, "string not ended");
}

hex(s: string): int
{
	n := 0;
	for(i := 0; i < len s; i++){
		d := 0;
		case c := s[i] {
		'0' to '9' =>	d = c-'0';
		'a' to 'f' =>	d = c-'a'+10;
		'A' to 'F' =>	d = c-'A'+10;
		}
		n = n<<4 | d;
	}
	return n;
}

Json.size(j: self ref Json): int
{
	n := 1;
	pick x := j {
	Arr =>
		for(i := 0; i < len x.v; i++)
			n += x.v[i].size();
	Obj =>
		for(l := x.v; l != nil; l = tl l)
			n += (hd l).t1.size();
	}
	return n;
}

Json.text(j: self ref Json): string
{
	pick x := j {
	Null =>
		return "null";
	Bool =>
		if(x.v)
			return "true";
		return "false";
	Num =>
		return string x.v;
	Str =>
		return sprint("%q", x.v);
	Arr =>
		s := "";
		for(i := 0; i < len x.v; i++){
			if(i)
				s += ",";
			s += x.v[i].text();
		}
		return "[" + s + "]";
	Obj =>
		s := "";
		for(l := x.v; l != nil; l = tl l){
			(k, v) := hd l;
			s = k + ":" + v.text() + ";" + s;
		}
		return "{" + s + "}";
	}
	return nil;
}
