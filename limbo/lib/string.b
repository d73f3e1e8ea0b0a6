implement String;

# string(2)

include "sys.m";
include "string.m";

# A class is "abc", "a-z", or "^..." for all but those; a dash that comes first stands for itself.
# At the end of an unfinished range there is nothing.
in(c: int, cl: string): int
{
	n := len cl;
	if(n == 0)
		return 0;
	i := 0;
	not := 0;
	if(cl[0] == '^'){
		not = 1;
		i = 1;
	}
	for(; i < n; i++){
		lo := cl[i];
		if(i+2 < n && cl[i+1] == '-'){
			if(lo <= c && c <= cl[i+2])
				return !not;
			i++;
			if(i+2 >= n || cl[i+2] != '-')	# else the end begins another range: a-c-e
				i++;
		}else if(lo == c)
			return !not;
	}
	return not;
}

# where the first character in, or not in, the class is
first(s, cl: string, want: int): int
{
	for(i := 0; i < len s; i++)
		if(in(s[i], cl) == want)
			break;
	return i;
}

splitl(s, cl: string): (string, string)
{
	i := first(s, cl, 1);
	return (s[0:i], s[i:]);
}

splitr(s, cl: string): (string, string)
{
	for(i := len s; i > 0; i--)
		if(in(s[i-1], cl))
			break;
	return (s[0:i], s[i:]);
}

drop(s, cl: string): string
{
	return s[first(s, cl, 0):];
}

take(s, cl: string): string
{
	return s[0:first(s, cl, 0)];
}

splitstrl(s, t: string): (string, string)
{
	n := len t;
	for(i := 0; i+n <= len s; i++)
		if(s[i:i+n] == t)
			return (s[0:i], s[i:]);
	return (s, nil);
}

splitstrr(s, t: string): (string, string)
{
	n := len t;
	for(i := len s-n; i >= 0; i--)
		if(s[i:i+n] == t)
			return (s[0:i+n], s[i+n:]);
	return (nil, s);
}

prefix(pre, s: string): int
{
	return len pre <= len s && s[0:len pre] == pre;
}

tolower(s: string): string
{
	for(i := 0; i < len s; i++)
		if((c := s[i]) >= 'A' && c <= 'Z')
			s[i] = c + ('a'-'A');
	return s;
}

toupper(s: string): string
{
	for(i := 0; i < len s; i++)
		if((c := s[i]) >= 'a' && c <= 'z')
			s[i] = c - ('a'-'A');
	return s;
}

space(c: int): int
{
	return c == ' ' || c == '\t' || c == '\n';
}

digit(c: int): int
{
	if(c >= '0' && c <= '9')
		return c-'0';
	if(c >= 'a' && c <= 'z')
		return c-'a'+10;
	if(c >= 'A' && c <= 'Z')
		return c-'A'+10;
	return 36;
}

# from s[i]: a radix "16r" when base is 0; what to count in, and where the digits begin
radix(s: string, i, base: int): (int, int)
{
	if(base != 0)
		return (base, i);
	r := 0;
	for(j := i; j < len s && digit(s[j]) < 10 && r < 100; j++)
		r = r*10 + digit(s[j]);
	if(j > i && j < len s && (s[j] == 'r' || s[j] == 'R')){
		if(r < 2 || r > 36)
			return (0, i);
		return (r, j+1);
	}
	return (10, i);
}

sign(s: string): (int, int)
{
	for(i := 0; i < len s && space(s[i]); i++)
		;
	if(i < len s && (s[i] == '-' || s[i] == '+'))
		return (s[i] == '-', i+1);
	return (0, i);
}

# sign, base (0 when it is a bad one), and where the digits begin
start(s: string, base: int): (int, int, int)
{
	if(base < 0 || base == 1 || base > 36)
		return (0, 0, 0);
	(neg, i) := sign(s);
	(base, i) = radix(s, i, base);
	return (neg, base, i);
}

tobig(s: string, base: int): (big, string)
{
	neg, i: int;
	(neg, base, i) = start(s, base);
	v := big 0;
	b := big base;
	for(j := i; j < len s && (d := digit(s[j])) < base; j++)
		v = v*b + big d;
	if(j == i)
		return (big 0, s);
	if(neg)
		v = -v;
	return (v, s[j:]);
}

toint(s: string, base: int): (int, string)
{
	(v, r) := tobig(s, base);
	return (int v, r);
}

toreal(s: string, base: int): (real, string)
{
	neg, i: int;
	(neg, base, i) = start(s, base);
	if(base == 0 || i >= len s)
		return (0.0, s);
	for(l := list of {"nan", "infinity"}; l != nil; l = tl l)
		if(i + len hd l <= len s && tolower(s[i:i+len hd l]) == hd l){
			i += len hd l;
			return (real s[0:i], s[i:]);
		}
	first := i;
	v := 0.0;
	b := real base;
	for(; i < len s && (d := digit(s[i])) < base; i++)
		v = v*b + real d;
	if(i == first)
		return (0.0, s);
	scale := 0;
	if(i < len s && s[i] == '.')
		for(i++; i < len s && (d = digit(s[i])) < base; i++){
			v = v*b + real d;
			scale--;
		}
	if(i+1 < len s && (s[i] == 'e' || s[i] == 'E')){
		j := i+1;
		if(j+1 < len s && (s[j] == '-' || s[j] == '+'))
			j++;
		minus := s[j-1] == '-';
		if(digit(s[j]) < 10){
			e := 0;
			for(; j < len s && (d = digit(s[j])) < 10; j++)
				if(e < 10000)
					e = e*10 + d;
			if(minus)
				e = -e;
			scale += e;
			i = j;
		}
	}
	if(base == 10)
		return (real s[0:i], s[i:]);	# rounds once only
	v *= b**scale;
	if(neg)
		v = -v;
	return (v, s[i:]);
}

append(s: string, l: list of string): list of string
{
	r: list of string;
	for(; l != nil; l = tl l)
		r = hd l :: r;
	r = s :: r;
	l = nil;
	for(; r != nil; r = tl r)
		l = hd r :: l;
	return l;
}

quoted(argv: list of string): string
{
	return quotedc(argv, nil);
}

quotedc(argv: list of string, cl: string): string
{
	s := "";
	for(; argv != nil; argv = tl argv){
		s += quote(hd argv, cl);
		if(tl argv != nil)
			s[len s] = ' ';
	}
	return s;
}

quote(w, cl: string): string
{
	plain := w != nil;
	for(i := 0; i < len w && plain; i++)
		plain = !(w[i] == '\'' || space(w[i]) || in(w[i], cl));
	if(plain)
		return w;
	q := "'";
	for(i = 0; i < len w; i++){
		if(w[i] == '\'')
			q[len q] = '\'';
		q[len q] = w[i];
	}
	q[len q] = '\'';
	return q;
}

unquoted(s: string): list of string
{
	r: list of string;
	for(i := 0;;){
		while(i < len s && space(s[i]))
			i++;
		if(i >= len s)
			break;
		w := "";
		quoting := 0;
		for(; i < len s && (quoting || !space(s[i])); i++){
			if(s[i] != '\'')
				w[len w] = s[i];
			else if(quoting && i+1 < len s && s[i+1] == '\''){
				w[len w] = '\'';
				i++;
			}else
				quoting = !quoting;
		}
		r = w :: r;
	}
	l: list of string;
	for(; r != nil; r = tl r)
		l = hd r :: l;
	return l;
}
