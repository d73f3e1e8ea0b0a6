implement Expr;

# a calculator: lexer, recursive descent, pick trees, exceptions for errors

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";

Expr: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

NUM, NAME, OP, EOF: con iota;

Tok: adt {
	kind:	int;
	text:	string;
	val:	real;
};

Lex: adt {
	s:	string;
	i:	int;
	tok:	Tok;

	new:	fn(s: string): ref Lex;
	next:	fn(l: self ref Lex);
};

Tree: adt {
	pick {
	Num =>
		v:	real;
	Var =>
		name:	string;
	Bin =>
		op:	int;
		l, r:	cyclic ref Tree;
	Un =>
		op:	int;
		e:	cyclic ref Tree;
	Let =>
		name:	string;
		e:	cyclic ref Tree;
	}
	eval:	fn(t: self ref Tree): real;
	text:	fn(t: self ref Tree): string;
};

vars: list of (string, real);

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	run("1+2*3");
	run("(1+2)*3");
	run("-2**2/4-1");
	run("x=4");
	run("y = x*x - 1");
	run("y/(x-2)");
	run("1/(x-4)");
	run("2*z");
	run("2+");
	run("(3");
	run("3 4");
	run("a$b");
	run("1.5*2 - -3");
}

run(s: string)
{
	{
		t := parse(s);
		print("%s => %g\n", t.text(), t.eval());
	} exception e {
	"syntax: *" =>
		print("%s: %s\n", s, e[8:]);
	"divide by zero" or "undefined*" =>
		print("%s: %s\n", s, e);
	}
}

parse(s: string): ref Tree
{
	l := Lex.new(s);
	{
		l.next();
		t := assign(l);
		if(l.tok.kind != EOF)
			raise sys->sprint("syntax: %s at %d", "extra input", l.i);
		return t;
	} exception {
	"syntax*" =>
		raise;
	"bad character*" =>
		raise sys->sprint("syntax: %s at %d", "bad character", l.i);
	}
}

assign(l: ref Lex): ref Tree
{
	t := sum(l);
	if(l.tok.text == "="){
		pick v := t {
		Var =>
			l.next();
			return ref Tree.Let(v.name, assign(l));
		* =>
			raise sys->sprint("syntax: %s at %d", "cannot assign", l.i);
		}
	}
	return t;
}

sum(l: ref Lex): ref Tree
{
	t := term(l);
	while(l.tok.text == "+" || l.tok.text == "-"){
		op := l.tok.text[0];
		l.next();
		t = ref Tree.Bin(op, t, term(l));
	}
	return t;
}

term(l: ref Lex): ref Tree
{
	t := power(l);
	while((o := l.tok.text) == "*" || o == "/"){
		l.next();
		t = ref Tree.Bin(o[0], t, power(l));
	}
	return t;
}

power(l: ref Lex): ref Tree
{
	t := unary(l);
	if(l.tok.text == "**"){
		l.next();
		t = ref Tree.Bin('^', t, power(l));
	}
	return t;
}

unary(l: ref Lex): ref Tree
{
	t := l.tok;
	case t.kind {
	NUM =>
		l.next();
		return ref Tree.Num(t.val);
	NAME =>
		l.next();
		return ref Tree.Var(t.text);
	OP =>
		case t.text {
		"-" or "+" =>
			l.next();
			return ref Tree.Un(t.text[0], unary(l));
		"(" =>
			l.next();
			e := sum(l);
			if(l.tok.text != ")")
				raise sys->sprint("syntax: %s at %d", ") expected", l.i);
			l.next();
			return e;
		}
	}
	raise sys->sprint("syntax: %s at %d", "operand expected", l.i);
}

Lex.new(s: string): ref Lex
{
	return ref Lex(s, 0, Tok(EOF, nil, 0.0));
}

Lex.next(l: self ref Lex)
{
	s := l.s;
	for(; l.i < len s && s[l.i] == ' '; l.i++)
		;
	if(l.i >= len s){
		l.tok = (EOF, nil, 0.0);
		return;
	}
	b := l.i;
	case c := s[l.i++] {
	'0' to '9' or '.' =>
		while(l.i < len s && (s[l.i] >= '0' && s[l.i] <= '9' || s[l.i] == '.'))
			l.i++;
		l.tok = Tok(NUM, s[b:l.i], real s[b:l.i]);
	'a' to 'z' or 'A' to 'Z' =>
		while(l.i < len s && s[l.i] >= 'a' && s[l.i] <= 'z')
			l.i++;
		l.tok = Tok(NAME, s[b:l.i], 0.0);
	'*' =>
		if(l.i < len s && s[l.i] == '*')
			l.i++;
		l.tok = Tok(OP, s[b:l.i], 0.0);
	'+' or '-' or '/' or '(' or ')' or '=' =>
		l.tok = Tok(OP, s[b:l.i], 0.0);
	* =>
		raise "bad character " + sys->sprint("%c", c);
	}
}

Tree.eval(t: self ref Tree): real
{
	pick x := t {
	Num =>
		return x.v;
	Var =>
		for(l := vars; l != nil; l = tl l){
			(n, v) := hd l;
			if(n == x.name)
				return v;
		}
		raise "undefined " + x.name;
	Let =>
		v := x.e.eval();
		vars = (x.name, v) :: vars;
		return v;
	Un =>
		if(x.op == '-')
			return -x.e.eval();
		return x.e.eval();
	Bin =>
		a := x.l.eval();
		b := x.r.eval();
		case x.op {
		'+' =>	return a+b;
		'-' =>	return a-b;
		'*' =>	return a*b;
		'^' =>	return a**int b;
		'/' =>
			if(b == 0.0)
				raise "divide by zero";
			return a/b;
		}
	}
	return 0.0;
}

Tree.text(t: self ref Tree): string
{
	pick x := t {
	Num =>	return string x.v;
	Var =>	return x.name;
	Let =>	return x.name + "=" + x.e.text();
	Un =>	return sys->sprint("(%c%s)", x.op, x.e.text());
	Bin =>	return sys->sprint("(%s%c%s)", x.l.text(), x.op, x.r.text());
	}
	return nil;
}
