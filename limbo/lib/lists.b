implement Lists;

# lists(2)

include "lists.m";

map[T](f: ref fn(x: T): T, l: list of T): list of T
{
	r: list of T;
	for(; l != nil; l = tl l)
		r = f(hd l) :: r;
	return reverse(r);
}

allsat[T](p: ref fn(x: T): int, l: list of T): int
{
	for(; l != nil; l = tl l)
		if(!p(hd l))
			return 0;
	return 1;
}

anysat[T](p: ref fn(x: T): int, l: list of T): int
{
	for(; l != nil; l = tl l)
		if(p(hd l))
			return 1;
	return 0;
}

filter[T](p: ref fn(x: T): int, l: list of T): list of T
{
	(yes, nil) := partition(p, l);
	return yes;
}

partition[T](p: ref fn(x: T): int, l: list of T): (list of T, list of T)
{
	yes, no: list of T;
	for(; l != nil; l = tl l)
		if(p(hd l))
			yes = hd l :: yes;
		else
			no = hd l :: no;
	return (reverse(yes), reverse(no));
}

append[T](l: list of T, x: T): list of T
{
	return prepend(reverse(l), x :: nil);
}

concat[T](l: list of T, l2: list of T): list of T
{
	if(l2 == nil)
		return l;
	return prepend(reverse(l), l2);
}

combine[T](l: list of T, l2: list of T): list of T
{
	return prepend(l, l2);
}

reverse[T](l: list of T): list of T
{
	return prepend(l, nil);
}

# l backwards, before r
prepend[T](l: list of T, r: list of T): list of T
{
	for(; l != nil; l = tl l)
		r = hd l :: r;
	return r;
}

last[T](l: list of T): T
{
	while(tl l != nil)
		l = tl l;
	return hd l;
}

find[T](x: T, l: list of T): list of T
	for { T => eq: fn(a, b: T): int; }
{
	while(l != nil && !T.eq(x, hd l))
		l = tl l;
	return l;
}

delete[T](x: T, l: list of T): list of T
	for { T => eq: fn(a, b: T): int; }
{
	before: list of T;
	for(r := l; r != nil; r = tl r){
		if(T.eq(x, hd r))
			return prepend(before, tl r);
		before = hd r :: before;
	}
	return l;
}

ismember[T](x: T, l: list of T): int
	for { T => eq: fn(a, b: T): int; }
{
	return find(x, l) != nil;
}

pair[T1, T2](l1: list of T1, l2: list of T2): list of (T1, T2)
{
	r: list of (T1, T2);
	for(; l1 != nil || l2 != nil; (l1, l2) = (tl l1, tl l2))
		r = (hd l1, hd l2) :: r;
	l: list of (T1, T2);
	for(; r != nil; r = tl r)
		l = hd r :: l;
	return l;
}

unpair[T1, T2](l: list of (T1, T2)): (list of T1, list of T2)
{
	l1: list of T1;
	l2: list of T2;
	for(; l != nil; l = tl l){
		(a, b) := hd l;
		l1 = a :: l1;
		l2 = b :: l2;
	}
	return (reverse(l1), reverse(l2));
}
