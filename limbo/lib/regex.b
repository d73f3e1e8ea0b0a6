implement Regex;

#
# regex(2), regexp(6).  The expression becomes the states of a machine, in rex; where two ways lead on, left comes before
# right.  All ways through the string are followed at once, a character at a time; of those that meet in a state the one
# that began first lives on, and among equals the one that came first.
#

include "regex.m";

NIL: con -1;

Tree: adt {
	pick {
	Cat or Alt =>
		l, r:	cyclic ref Tree;
	Rep =>
		kind:	int;		# CLO, PCLO or OPT
		e:	cyclic ref Tree;
	Paren =>
		pno:	int;
		e:	cyclic ref Tree;
	Leaf =>
		kind:	int;
		set:	ref Set;
	}
};

Parser: adt {
	s:	string;
	i:	int;
	pno:	int;		# parentheses so far, -1 when they are not asked for

	choice:	fn(p: self ref Parser): ref Tree;
	cat:	fn(p: self ref Parser): ref Tree;
	rep:	fn(p: self ref Parser): ref Tree;
	prim:	fn(p: self ref Parser): ref Tree;
	class:	fn(p: self ref Parser): ref Set;
	char:	fn(p: self ref Parser): int;
	is:	fn(p: self ref Parser, c: int): int;
};

compile(s: string, flag: int): (Re, string)
{
	if(s == nil)
		return (nil, "missing expression");
	p := ref Parser(s, 0, flag != 0);
	{
		t := p.choice();
		if(p.i < len s)
			raise "syntax";
		a := ref Arena(array[2*len s+2] of Rex, 0, 0, 0);
		a.start = gen(a, t, NIL);
		if(flag)
			a.pno = p.pno-1;
		return (a, nil);
	} exception {
	"syntax" =>
		return (nil, "invalid regular expression");
	}
}

Parser.is(p: self ref Parser, c: int): int
{
	return p.i < len p.s && p.s[p.i] == c;
}

Parser.choice(p: self ref Parser): ref Tree
{
	t := p.cat();
	if(!p.is('|'))
		return t;
	p.i++;
	return ref Tree.Alt(t, p.choice());
}

Parser.cat(p: self ref Parser): ref Tree
{
	t := p.rep();
	if(p.i == len p.s || p.is('|') || p.is(')'))
		return t;
	return ref Tree.Cat(t, p.cat());
}

Parser.rep(p: self ref Parser): ref Tree
{
	t := p.prim();
	if(p.i < len p.s){
		k := 0;
		case p.s[p.i] {
		'*' =>	k = CLO;
		'+' =>	k = PCLO;
		'?' =>	k = OPT;
		}
		if(k != 0){
			p.i++;
			return ref Tree.Rep(k, t);
		}
	}
	return t;
}

Parser.prim(p: self ref Parser): ref Tree
{
	c := p.char();
	case c {
	'(' =>
		n := p.pno;
		if(n > 0)
			p.pno++;
		t: ref Tree;
		if(p.is(')'))
			t = ref Tree.Leaf(NUL, nil);
		else
			t = p.choice();
		if(!p.is(')'))
			raise "syntax";
		p.i++;
		return ref Tree.Paren(n, t);
	'.' =>
		return ref Tree.Leaf(DOT, nil);
	'^' =>
		return ref Tree.Leaf(HAT, nil);
	'$' =>
		return ref Tree.Leaf(DOL, nil);
	'[' =>
		return ref Tree.Leaf(SET, p.class());
	'*' or '+' or '?' or '|' or ')' or ']' =>
		raise "syntax";
	'\\' =>
		c = escaped(p.char());
	}
	if(c < ALT)
		return ref Tree.Leaf(c, nil);
	return ref Tree.Leaf(SET, ref Set(0, array[4] of {* => 0}, (c, c) :: nil));
}

Parser.char(p: self ref Parser): int
{
	if(p.i >= len p.s)
		raise "syntax";
	return p.s[p.i++];
}

escaped(c: int): int
{
	if(c == 'n')
		return '\n';
	return c;
}

Parser.class(p: self ref Parser): ref Set
{
	set := ref Set(0, array[4] of {* => 0}, nil);
	if(p.is('^')){
		p.i++;
		set.neg = 1;
	}
	while((lo := p.char()) != ']'){
		if(lo == '\\')
			lo = escaped(p.char());
		hi := lo;
		if(p.is('-')){
			p.i++;
			hi = p.char();
			if(hi == ']')
				raise "syntax";
			if(hi == '\\')
				hi = escaped(p.char());
			if(hi < lo)
				raise "syntax";
		}
		for(; lo <= hi && lo < 128; lo++)
			set.ascii[lo>>5] |= 1<<(lo&31);
		if(lo <= hi)
			set.unicode = (lo, hi) :: set.unicode;
	}
	return set;
}

node(a: ref Arena, kind, left, right: int): int
{
	if(a.ptr == len a.rex){
		r := array[2*a.ptr] of Rex;
		r[0:] = a.rex;
		a.rex = r;
	}
	a.rex[a.ptr] = Rex(kind, left, right, nil, 0);
	return a.ptr++;
}

# states that match t and go on to next; where they begin
gen(a: ref Arena, t: ref Tree, next: int): int
{
	pick x := t {
	Cat =>
		return gen(a, x.l, gen(a, x.r, next));
	Alt =>
		l := gen(a, x.l, next);
		return node(a, ALT, l, gen(a, x.r, next));
	Rep =>
		if(x.kind == OPT)
			return node(a, OPT, gen(a, x.e, next), next);
		n := node(a, CLO, NIL, next);
		b := gen(a, x.e, n);
		a.rex[n].left = b;
		if(x.kind == PCLO)
			return b;
		return n;
	Paren =>
		if(x.pno <= 0)
			return gen(a, x.e, next);
		r := node(a, RPN, NIL, next);
		a.rex[r].pno = x.pno;
		l := node(a, LPN, NIL, gen(a, x.e, r));
		a.rex[l].pno = x.pno;
		return l;
	Leaf =>
		n := node(a, x.kind, NIL, next);
		a.rex[n].set = x.set;
		return n;
	}
	raise "syntax";
}

# ways being followed: for each the state, where it began, and the parentheses that it passed, latest first:
# (number, place) with the number negative for a closing one
Ways: adt {
	n:	int;
	state:	array of int;
	beg:	array of int;
	pars:	array of list of (int, int);
	at:	array of int;		# the place of a state in this list, or -1

	new:	fn(n: int): ref Ways;
	add:	fn(w: self ref Ways, state, beg: int, pars: list of (int, int));
	grow:	fn(w: self ref Ways);
	clear:	fn(w: self ref Ways);
};

Ways.new(n: int): ref Ways
{
	return ref Ways(0, array[n] of int, array[n] of int, array[n] of list of (int, int), array[n] of {* => -1});
}

Ways.grow(w: self ref Ways)
{
	n := w.n;
	(s, b, p) := (w.state, w.beg, w.pars);
	w.state = array[2*n] of int;
	w.beg = array[2*n] of int;
	w.pars = array[2*n] of list of (int, int);
	w.state[0:] = s;
	w.beg[0:] = b;
	w.pars[0:] = p;
}

Ways.clear(w: self ref Ways)
{
	for(i := 0; i < w.n; i++)
		w.at[w.state[i]] = -1;
	w.n = 0;
}

Ways.add(w: self ref Ways, state, beg: int, pars: list of (int, int))
{
	i := w.at[state];
	if(i >= 0 && w.beg[i] <= beg)
		return;
	# one that began earlier comes later: it takes the place of the other, behind all
	if(w.n == len w.state)
		w.grow();
	w.at[state] = w.n;
	w.state[w.n] = state;
	w.beg[w.n] = beg;
	w.pars[w.n++] = pars;
}

execute(re: Re, s: string): array of (int, int)
{
	return executese(re, s, (0, len s), 1, 1);
}

executese(re: Re, s: string, se: (int, int), bol: int, eol: int): array of (int, int)
{
	if(re == nil)
		return nil;
	(s0, s1) := se;
	if(s0 < 0)
		s0 = 0;
	if(s1 < 0)
		s1 = len s;
	(mbeg, mend) := (-1, -1);
	mpars: list of (int, int);
	now := Ways.new(re.ptr);
	next := Ways.new(re.ptr);
	rex := re.rex;
	for(i := s0; i <= s1; i++){
		# a way that begins here comes after all that are under way
		if(mbeg < 0)
			now.add(re.start, i, nil);
		if(now.n == 0)
			break;
		c := -1;
		if(i < len s)
			c = s[i];
		for(k := 0; k < now.n; k++){
			beg := now.beg[k];
			if(mbeg >= 0 && beg > mbeg || now.at[now.state[k]] != k)
				continue;
			r := rex[now.state[k]];
			pars := now.pars[k];
			here := 0;		# does it go on at this place, or behind this character?
			case r.kind {
			NUL =>
				here = 1;
			HAT =>
				if(i != s0 || !bol)
					continue;
				here = 1;
			DOL =>
				if(i != s1 || !eol)
					continue;
				here = 1;
			LPN =>
				pars = (r.pno, i) :: pars;
				here = 1;
			RPN =>
				pars = (-r.pno, i) :: pars;
				here = 1;
			ALT or CLO or OPT =>
				now.add(r.left, beg, pars);
				here = 1;
			DOT =>
				if(c < 0 || c == '\n')
					continue;
			SET =>
				if(c < 0 || !member(c, r.set))
					continue;
			* =>
				if(c != r.kind)
					continue;
			}
			if(r.right == NIL){
				end := i + !here;
				if(mbeg < 0 || beg < mbeg || beg == mbeg && end > mend)
					(mbeg, mend, mpars) = (beg, end, pars);
			}else if(here)
				now.add(r.right, beg, pars);
			else
				next.add(r.right, beg, pars);
		}
		now.clear();
		(now, next) = (next, now);
	}
	if(mbeg < 0)
		return nil;
	m := array[re.pno+1] of {0 => (mbeg, mend), * => (-1, -1)};
	# the latest closing of each, and the opening that comes before it
	for(; mpars != nil; mpars = tl mpars){
		(pno, at) := hd mpars;
		if(pno < 0 && m[-pno].t1 < 0)
			m[-pno].t1 = at;
		else if(pno > 0 && m[pno].t1 >= 0 && m[pno].t0 < 0)
			m[pno].t0 = at;
	}
	return m;
}

member(c: int, set: ref Set): int
{
	if(c < 128)
		return (set.ascii[c>>5]>>(c&31) & 1) ^ set.neg;
	for(l := set.unicode; l != nil; l = tl l){
		(lo, hi) := hd l;
		if(lo <= c && c <= hi)
			return !set.neg;
	}
	return set.neg;
}
