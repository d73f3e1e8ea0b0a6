implement Filepat;

# filepat(2)

include "sys.m";
	sys: Sys;
include "filepat.m";
include "readdir.m";
	readdir: Readdir;

expand(pat: string): list of string
{
	if(sys == nil)
		sys = load Sys Sys->PATH;
	if(readdir == nil)
		readdir = load Readdir Readdir->PATH;
	(nil, els) := sys->tokenize(pat, "/");
	if(els == nil)
		return nil;
	dirs := "" :: nil;
	if(pat != nil && pat[0] == '/')
		dirs = "/" :: nil;
	for(; els != nil; els = tl els){
		found: list of string;
		for(; dirs != nil; dirs = tl dirs)
			found = within(hd dirs, hd els, tl els != nil, found);
		dirs = reverse(found);
	}
	return sort(dirs);
}

# adds to found the names in dir that match; backwards
within(dir, pat: string, wantdir: int, found: list of string): list of string
{
	if(!special(pat)){
		name := join(dir, plain(pat));
		(ok, d) := sys->stat(name);
		if(ok >= 0 && (!wantdir || d.mode & Sys->DMDIR))
			found = name :: found;
		return found;
	}
	where := dir;
	if(where == nil)
		where = ".";
	(a, n) := readdir->init(where, Readdir->NAME|Readdir->COMPACT);
	for(i := 0; i < n; i++)
		if((!wantdir || a[i].mode & Sys->DMDIR) && match(pat, a[i].name))
			found = join(dir, a[i].name) :: found;
	return found;
}

special(pat: string): int
{
	for(i := 0; i < len pat; i++)
		case pat[i] {
		'*' or '?' or '[' =>
			return 1;
		'\\' =>
			i++;
		}
	return 0;
}

plain(pat: string): string
{
	s := "";
	for(i := 0; i < len pat; i++){
		if(pat[i] == '\\' && i+1 < len pat)
			i++;
		s[len s] = pat[i];
	}
	return s;
}

join(dir, name: string): string
{
	if(dir == nil || dir[len dir-1] == '/')
		return dir + name;
	return dir + "/" + name;
}

reverse(l: list of string): list of string
{
	r: list of string;
	for(; l != nil; l = tl l)
		r = hd l :: r;
	return r;
}

sort(l: list of string): list of string
{
	if(l == nil || tl l == nil)
		return l;
	a, b: list of string;
	for(; l != nil; l = tl l)
		(a, b) = (hd l :: b, a);
	(a, b) = (sort(a), sort(b));
	r: list of string;
	while(a != nil || b != nil)
		if(b == nil || a != nil && hd a <= hd b){
			r = hd a :: r;
			a = tl a;
		}else{
			r = hd b :: r;
			b = tl b;
		}
	return reverse(r);
}

match(pat, name: string): int
{
	# the last star, and how much of name it has taken: the only place to come back to
	star := -1;
	from := 0;
	p := 0;
	for(i := 0;;){
		if(p < len pat && pat[p] == '*'){
			star = p++;
			from = i;
			continue;
		}
		if(p == len pat && i == len name)
			return 1;
		if(p < len pat && i < len name){
			q := one(pat, p, name[i]);
			if(q > 0){
				p = q;
				i++;
				continue;
			}
		}
		if(star < 0 || from >= len name)
			return 0;
		i = ++from;
		p = star+1;
	}
}

# the pattern's place after pat[p:] has matched c, or 0
one(pat: string, p: int, c: int): int
{
	case pat[p] {
	'?' =>
		return p+1;
	'[' =>
		(q, in) := class(pat, p+1, c);
		if(!in)
			return 0;
		return q;
	'\\' =>
		if(++p == len pat)
			return 0;
	}
	if(pat[p] != c)
		return 0;
	return p+1;
}

class(pat: string, p: int, c: int): (int, int)
{
	not := p < len pat && pat[p] == '^';
	if(not)
		p++;
	in := 0;
	for(; p < len pat && pat[p] != ']'; p++){
		if(pat[p] == '\\' && p+1 < len pat)
			p++;
		lo := pat[p];
		hi := lo;
		if(p+2 < len pat && pat[p+1] == '-'){
			p += 2;
			if(pat[p] == '\\' && p+1 < len pat)
				p++;
			hi = pat[p];
		}
		if(lo <= c && c <= hi)
			in = 1;
	}
	if(p >= len pat)
		return (0, 0);		# not closed: matches nothing
	return (p+1, in != not);
}
