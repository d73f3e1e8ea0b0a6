implement Readdir;

# readdir(2)

include "sys.m";
	sys: Sys;
	Dir: import sys;
include "readdir.m";

init(path: string, sortkey: int): (array of ref Dir, int)
{
	sys = load Sys Sys->PATH;
	fd := sys->open(path, Sys->OREAD);
	if(fd == nil)
		return (nil, -1);
	return readall(fd, sortkey);
}

readall(fd: ref Sys->FD, sortkey: int): (array of ref Dir, int)
{
	sys = load Sys Sys->PATH;
	parts: list of array of Dir;
	n := 0;
	for(;;){
		(m, d) := sys->dirread(fd);
		if(m < 0)
			return (nil, -1);
		if(m == 0)
			break;
		parts = d[0:m] :: parts;
		n += m;
	}
	a := array[n] of ref Dir;
	for(; parts != nil; parts = tl parts){
		d := hd parts;
		for(i := len d-1; i >= 0; i--)
			a[--n] = ref d[i];
	}
	if(sortkey & COMPACT)
		a = compact(a);
	return sortdir(a, sortkey & ~COMPACT);
}

# keeps the first of each name
compact(a: array of ref Dir): array of ref Dir
{
	slots := array[2*len a+1] of list of ref Dir;
	n := 0;
	for(i := 0; i < len a; i++){
		h := hash(a[i].name, len slots);
		for(l := slots[h]; l != nil; l = tl l)
			if((hd l).name == a[i].name)
				break;
		if(l == nil){
			slots[h] = a[i] :: slots[h];
			a[n++] = a[i];
		}
	}
	return a[0:n];
}

hash(s: string, n: int): int
{
	h := 0;
	for(i := 0; i < len s; i++)
		h = h*31 + s[i];
	return (h & 16r7fffffff) % n;
}

sortdir(a: array of ref Dir, key: int): (array of ref Dir, int)
{
	down := key & DESCENDING;
	key &= ~(DESCENDING|COMPACT);
	case key {
	NAME or ATIME or MTIME or SIZE =>
		merge(a, array[len a] of ref Dir, key, down);
	}
	return (a, len a);
}

# a merge sort: stable
merge(a, tmp: array of ref Dir, key, down: int)
{
	n := len a;
	if(n < 2)
		return;
	m := n/2;
	merge(a[0:m], tmp, key, down);
	merge(a[m:], tmp, key, down);
	if(!before(a[m], a[m-1], key, down))
		return;
	tmp[0:] = a[0:m];
	i, k: int;
	i = k = 0;
	j := m;
	while(i < m)
		if(j < n && before(a[j], tmp[i], key, down))
			a[k++] = a[j++];
		else
			a[k++] = tmp[i++];
}

before(x, y: ref Dir, key, down: int): int
{
	if(down)
		(x, y) = (y, x);
	case key {
	ATIME =>
		return x.atime > y.atime;
	MTIME =>
		return x.mtime > y.mtime;
	SIZE =>
		return x.length < y.length;	# the published order, though the manual says largest first
	* =>
		return x.name < y.name;
	}
}
