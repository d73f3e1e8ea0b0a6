implement JSON;

# json(2)

include "sys.m";
	sys: Sys;
include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;
include "json.m";

Depth: con 1000;		# of values within values

init(b: Bufio)
{
	sys = load Sys Sys->PATH;
	bufio = b;
}

jvarray(a: array of ref JValue): ref JValue.Array
{
	return ref JValue.Array(a);
}

jvbig(b: big): ref JValue.Int
{
	return ref JValue.Int(b);
}

jvfalse(): ref JValue.False
{
	return ref JValue.False;
}

jvint(i: int): ref JValue.Int
{
	return ref JValue.Int(big i);
}

jvnull(): ref JValue.Null
{
	return ref JValue.Null;
}

jvobject(m: list of (string, ref JValue)): ref JValue.Object
{
	return ref JValue.Object(m);
}

jvreal(r: real): ref JValue.Real
{
	return ref JValue.Real(r);
}

jvstring(s: string): ref JValue.String
{
	return ref JValue.String(s);
}

jvtrue(): ref JValue.True
{
	return ref JValue.True;
}

JValue.isarray(v: self ref JValue): int
{
	return v != nil && tagof v == tagof JValue.Array;
}

JValue.isfalse(v: self ref JValue): int
{
	return v != nil && tagof v == tagof JValue.False;
}

JValue.isint(v: self ref JValue): int
{
	return v != nil && tagof v == tagof JValue.Int;
}

JValue.isnull(v: self ref JValue): int
{
	return v == nil || tagof v == tagof JValue.Null;
}

JValue.isnumber(v: self ref JValue): int
{
	return v.isint() || v.isreal();
}

JValue.isobject(v: self ref JValue): int
{
	return v != nil && tagof v == tagof JValue.Object;
}

JValue.isreal(v: self ref JValue): int
{
	return v != nil && tagof v == tagof JValue.Real;
}

JValue.isstring(v: self ref JValue): int
{
	return v != nil && tagof v == tagof JValue.String;
}

JValue.istrue(v: self ref JValue): int
{
	return v != nil && tagof v == tagof JValue.True;
}

JValue.copy(v: self ref JValue): ref JValue
{
	pick x := v {
	Array =>
		a := array[len x.a] of ref JValue;
		a[0:] = x.a;
		return ref JValue.Array(a);
	Object =>
		return ref JValue.Object(x.mem);
	String =>
		return ref JValue.String(x.s);
	Int =>
		return ref JValue.Int(x.value);
	Real =>
		return ref JValue.Real(x.value);
	}
	return v;		# the others have nothing to change
}

JValue.eq(v: self ref JValue, w: ref JValue): int
{
	if(v == w)
		return 1;
	if(v == nil || w == nil || tagof v != tagof w)
		return 0;
	pick x := v {
	Array =>
		pick y := w {
		Array =>
			if(len x.a != len y.a)
				return 0;
			for(i := 0; i < len x.a; i++)
				if(!x.a[i].eq(y.a[i]))
					return 0;
		}
	Object =>
		pick y := w {
		Object =>
			if(len x.mem != len y.mem)
				return 0;
			for(l := x.mem; l != nil; l = tl l){
				(name, val) := hd l;
				other := w.get(name);
				if(other == nil || !val.eq(other))
					return 0;
			}
		}
	String =>
		pick y := w {
		String =>
			return x.s == y.s;
		}
	Int =>
		pick y := w {
		Int =>
			return x.value == y.value;
		}
	Real =>
		pick y := w {
		Real =>
			return x.value == y.value;
		}
	}
	return 1;
}

JValue.get(v: self ref JValue, name: string): ref JValue
{
	pick x := v {
	Object =>
		for(l := x.mem; l != nil; l = tl l)
			if((hd l).t0 == name)
				return (hd l).t1;
	}
	return nil;
}

JValue.set(v: self ref JValue, name: string, val: ref JValue)
{
	pick x := v {
	Object =>
		before: list of (string, ref JValue);
		for(l := x.mem; l != nil; l = tl l){
			if((hd l).t0 == name){
				l = (name, val) :: tl l;
				for(; before != nil; before = tl before)
					l = hd before :: l;
				x.mem = l;
				return;
			}
			before = hd l :: before;
		}
		x.mem = (name, val) :: x.mem;
	* =>
		raise "json: set non-object";
	}
}

JValue.text(v: self ref JValue): string
{
	s := "";
	pick x := v {
	Array =>
		for(i := 0; i < len x.a; i++){
			if(i > 0)
				s += ", ";
			s += x.a[i].text();
		}
		return "[" + s + "]";
	Object =>
		for(l := x.mem; l != nil; l = tl l){
			(name, val) := hd l;
			s += quote(name) + ": " + val.text();
			if(tl l != nil)
				s += ", ";
		}
		return "{" + s + "}";
	String =>
		return quote(x.s);
	Int =>
		return string x.value;
	Real =>
		return number(x.value);
	True =>
		return "true";
	False =>
		return "false";
	}
	return "null";
}

# with six places when they are enough, else with all that it takes to read the same number back
number(r: real): string
{
	s := sys->sprint("%f", r);
	if(real s == r)
		return s;
	s = string r;
	if(s[0] == '.')
		return "0" + s;
	if(len s > 1 && s[0:2] == "-.")
		return "-0" + s[1:];
	return s;
}

quote(s: string): string
{
	q := "\"";
	for(i := 0; i < len s; i++){
		c := s[i];
		case c {
		'"' or '\\' or '/' =>
			q[len q] = '\\';
			q[len q] = c;
		'\b' =>	q += "\\b";
		'\f' =>	q += "\\f";
		'\n' =>	q += "\\n";
		'\r' =>	q += "\\r";
		'\t' =>	q += "\\t";
		* =>
			if(c < ' ')
				q += sys->sprint("\\u%.4x", c);
			else
				q[len q] = c;
		}
	}
	q[len q] = '"';
	return q;
}

writejson(b: ref Iobuf, v: ref JValue): int
{
	if(b.puts(v.text()) < 0)
		return -1;
	return 0;
}

readjson(b: ref Iobuf): (ref JValue, string)
{
	{
		v := value(b, Depth);
		return (v, nil);
	} exception e {
	"json: *" =>
		return (nil, sys->sprint("JSON syntax error (offset %bd): %s", b.offset(), e[6:]));
	}
}

# the next character that is not white space
skip(b: ref Iobuf): int
{
	for(;;)
		case (c := b.getc()) {
		' ' or '\t' or '\n' or '\r' =>
			;
		* =>
			return c;
		}
}

value(b: ref Iobuf, depth: int): ref JValue
{
	c := skip(b);
	case c {
	Bufio->EOF =>
		return nil;
	'{' or '[' =>
		if(depth == 0)
			raise "json: nested too deeply";
		if(c == '{')
			return ref JValue.Object(members(b, depth-1));
		return ref JValue.Array(elements(b, depth-1));
	'"' =>
		return ref JValue.String(str(b));
	'-' or '0' to '9' =>
		return num(b, c);
	'a' to 'z' =>
		b.ungetc();
		w := word(b);
		case w {
		"true" =>	return ref JValue.True;
		"false" =>	return ref JValue.False;
		"null" =>	return ref JValue.Null;
		}
		raise "json: unknown word: " + w;
	* =>
		raise sys->sprint("json: unexpected character %#.4x", c);
	}
}

word(b: ref Iobuf): string
{
	w := "";
	while((c := b.getc()) >= 'a' && c <= 'z')
		w[len w] = c;
	if(c >= 0)
		b.ungetc();
	return w;
}

some(b: ref Iobuf, depth: int): ref JValue
{
	v := value(b, depth);
	if(v == nil)
		raise "json: unexpected end-of-file";
	return v;
}

members(b: ref Iobuf, depth: int): list of (string, ref JValue)
{
	r: list of (string, ref JValue);
	c := skip(b);
	while(c != '}'){
		if(c != '"')
			raise "json: missing member name";
		name := str(b);
		if(skip(b) != ':')
			raise "json: missing :";
		r = (name, some(b, depth)) :: r;
		c = skip(b);
		if(c == ','){
			c = skip(b);
			if(c == '}')
				raise "json: missing member name";
		}else if(c != '}')
			raise "json: missing , or }";
	}
	l: list of (string, ref JValue);
	for(; r != nil; r = tl r)
		l = hd r :: l;
	return l;
}

elements(b: ref Iobuf, depth: int): array of ref JValue
{
	c := skip(b);
	if(c == ']')
		return nil;
	if(c >= 0)
		b.ungetc();
	r: list of ref JValue;
	n := 0;
	do{
		r = some(b, depth) :: r;
		n++;
		c = skip(b);
	}while(c == ',');
	if(c != ']')
		raise "json: missing , or ]";
	a := array[n] of ref JValue;
	for(; r != nil; r = tl r)
		a[--n] = hd r;
	return a;
}

num(b: ref Iobuf, c: int): ref JValue
{
	s := "";
	int0 := 1;
	for(;;){
		s[len s] = c;
		c = b.getc();
		case c {
		'0' to '9' =>
			;
		'.' or 'e' or 'E' or '+' or '-' =>
			int0 = 0;
		* =>
			if(c >= 0)
				b.ungetc();
			if(s == "-")
				raise "json: malformed number";
			if(int0)
				return ref JValue.Int(big s);
			return ref JValue.Real(real s);
		}
	}
}

str(b: ref Iobuf): string
{
	s := "";
	while((c := b.getc()) != '"'){
		if(c == '\\'){
			c = b.getc();
			case c {
			'b' =>	c = '\b';
			'f' =>	c = '\f';
			'n' =>	c = '\n';
			'r' =>	c = '\r';
			't' =>	c = '\t';
			'u' =>	c = hex(b);
			}
		}
		if(c < 0)
			raise "json: unclosed string";
		# the second half of a pair of surrogates
		if((c & 16rFC00) == 16rDC00 && s != nil && (s[len s-1] & 16rFC00) == 16rD800)
			s[len s-1] = 16r10000 + ((s[len s-1] & 16r3FF) << 10 | c & 16r3FF);
		else
			s[len s] = c;
	}
	return s;
}

hex(b: ref Iobuf): int
{
	v := 0;
	for(i := 0; i < 4; i++){
		c := b.getc();
		case c {
		'0' to '9' =>	c -= '0';
		'a' to 'f' =>	c -= 'a'-10;
		'A' to 'F' =>	c -= 'A'-10;
		* =>	raise "json: malformed \\u escape";
		}
		v = v<<4 | c;
	}
	return v;
}
