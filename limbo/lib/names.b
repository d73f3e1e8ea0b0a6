implement Names;

# names(2)

include "sys.m";
include "names.m";

# the words between slashes
split(name: string): list of string
{
	r: list of string;
	j := len name;
	for(i := j-1; i >= -1; i--)
		if(i < 0 || name[i] == '/'){
			if(j > i+1)
				r = name[i+1:j] :: r;
			j = i;
		}
	return r;
}

join(els: list of string, sep: string): string
{
	s := "";
	for(; els != nil; els = tl els){
		s += hd els;
		if(tl els != nil)
			s += sep;
	}
	return s;
}

reverse(l: list of string): list of string
{
	r: list of string;
	for(; l != nil; l = tl l)
		r = hd l :: r;
	return r;
}

# the part of a name that cleaning leaves alone: "#x" up to its first slash
device(name: string): int
{
	if(name == nil || name[0] != '#')
		return 0;
	for(i := 0; i < len name && name[i] != '/'; i++)
		;
	return i;
}

cleanname(name: string): string
{
	if(name == nil)
		return ".";
	d := device(name);
	rooted := d < len name && name[d] == '/';
	r: list of string;
	for(l := split(name[d:]); l != nil; l = tl l)
		case hd l {
		"." =>
			;
		".." =>
			if(r != nil && hd r != "..")
				r = tl r;
			else if(!rooted)
				r = ".." :: r;
		* =>
			r = hd l :: r;
		}
	if(r == nil && d > 0)
		rooted = 0;
	s := name[0:d];
	if(rooted)
		s += "/";
	s += join(reverse(r), "/");
	if(s == nil)
		return ".";
	return s;
}

# without slashes at the end, but for the first of all
trim(name: string): string
{
	i := len name;
	while(i > 1 && name[i-1] == '/')
		i--;
	return name[0:i];
}

slash(name: string): int
{
	for(i := len name-1; i >= 0; i--)
		if(name[i] == '/')
			break;
	return i;
}

dirname(name: string): string
{
	i := slash(name);
	if(i < 0)
		return nil;
	if(i == 0)
		return "/";
	return name[0:i];
}

basename(name: string, suffix: string): string
{
	s := name[slash(name)+1:];
	n := len s - len suffix;
	if(n >= 0 && s[n:] == suffix)
		return s[0:n];
	return s;
}

elements(name: string): list of string
{
	l := split(name);
	if(name != nil && name[0] == '/')
		l = "/" :: l;
	return l;
}

# a slash before each element but a first "/": what the published implementation gives
pathname(els: list of string): string
{
	if(els == nil)
		return nil;
	if(hd els != "/")
		els = nil :: els;
	return join(els, "/");
}

isprefix(a: string, b: string): int
{
	n := len a;
	if(n == 0)
		return 0;
	if(n > 1 && a[n-1] == '/')
		a = a[0:--n];
	if(n > len b || b[0:n] != a)
		return 0;
	return n == len b || a == "/" || b[n] == '/';
}

relative(name: string, root: string): string
{
	if(root == nil || !isprefix(root, name))
		return name;
	i := len root;
	while(i < len name && name[i] == '/')
		i++;
	return name[i:];
}

rooted(root: string, name: string): string
{
	if(name == nil)
		return root;
	if(root == nil || name[0] == '/' || name[0] == '#')
		return name;
	if(root[len root-1] != '/')
		root += "/";
	return root + name;
}
