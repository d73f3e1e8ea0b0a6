implement Hash;

# hash(2)

include "hash.m";

fun1(s: string, n: int): int
{
	h := 0;
	for(i := 0; i < len s; i++)
		h = h*65599 + s[i];
	return (h & 16r7fffffff) % n;
}

# what the reference compiler uses
fun2(s: string, n: int): int
{
	h := 0;
	for(i := 0; i < len s; i++){
		c := s[i];
		x := c ^ c<<6;
		h += x<<11 ^ x>>1;
		h ^= (c<<14) + (c<<7) + (c<<4) + c;
	}
	return (h & 16r7fffffff) % n;
}

new(size: int): ref HashTable
{
	return ref HashTable(array[size] of list of HashNode);
}

HashTable.find(h: self ref HashTable, key: string): ref HashVal
{
	for(l := h.a[fun1(key, len h.a)]; l != nil; l = tl l)
		if((hd l).key == key)
			return (hd l).val;
	return nil;
}

HashTable.insert(h: self ref HashTable, key: string, val: HashVal)
{
	v := h.find(key);
	if(v != nil)
		*v = val;
	else{
		i := fun1(key, len h.a);
		h.a[i] = HashNode(key, ref val) :: h.a[i];
	}
}

HashTable.delete(h: self ref HashTable, key: string)
{
	i := fun1(key, len h.a);
	r: list of HashNode;
	for(l := h.a[i]; l != nil; l = tl l)
		if((hd l).key != key)
			r = hd l :: r;
	h.a[i] = r;
}

HashTable.all(h: self ref HashTable): list of HashNode
{
	r: list of HashNode;
	for(i := 0; i < len h.a; i++)
		for(l := h.a[i]; l != nil; l = tl l)
			r = hd l :: r;
	return r;
}
