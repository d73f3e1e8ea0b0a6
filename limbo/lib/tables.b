implement Tables;

# hash tables by number and by string

include "tables.m";

Table[T].new(nslots: int, nilval: T): ref Table[T]
{
	if(nslots == 0)
		nslots = 13;
	return ref Table[T](array[nslots] of list of (int, T), nilval);
}

slot[T](t: ref Table[T], id: int): int
{
	return (id & 16r7fffffff) % len t.items;
}

Table[T].find(t: self ref Table[T], id: int): T
{
	for(l := t.items[slot(t, id)]; l != nil; l = tl l)
		if((hd l).t0 == id)
			return (hd l).t1;
	return t.nilval;
}

# 0, and nothing changed, when id is there already
Table[T].add(t: self ref Table[T], id: int, x: T): int
{
	i := slot(t, id);
	for(l := t.items[i]; l != nil; l = tl l)
		if((hd l).t0 == id)
			return 0;
	t.items[i] = (id, x) :: t.items[i];
	return 1;
}

# was it there?
Table[T].del(t: self ref Table[T], id: int): int
{
	i := slot(t, id);
	r: list of (int, T);
	n := 0;
	for(l := t.items[i]; l != nil; l = tl l)
		if((hd l).t0 == id)
			n = 1;
		else
			r = hd l :: r;
	if(n)
		t.items[i] = r;
	return n;
}

hash(s: string, n: int): int
{
	h := 0;
	for(i := 0; i < len s; i++)
		h = h*65599 + s[i];
	return (h & 16r7fffffff) % n;
}

Strhash[T].new(nslots: int, nilval: T): ref Strhash[T]
{
	if(nslots == 0)
		nslots = 13;
	return ref Strhash[T](array[nslots] of list of (string, T), nilval);
}

Strhash[T].find(t: self ref Strhash[T], id: string): T
{
	for(l := t.items[hash(id, len t.items)]; l != nil; l = tl l)
		if((hd l).t0 == id)
			return (hd l).t1;
	return t.nilval;
}

Strhash[T].add(t: self ref Strhash[T], id: string, x: T)
{
	i := hash(id, len t.items);
	t.items[i] = (id, x) :: without(t.items[i], id);
}

Strhash[T].del(t: self ref Strhash[T], id: string)
{
	i := hash(id, len t.items);
	t.items[i] = without(t.items[i], id);
}

without[T](l: list of (string, T), id: string): list of (string, T)
{
	r: list of (string, T);
	for(; l != nil; l = tl l)
		if((hd l).t0 != id)
			r = hd l :: r;
	return r;
}
