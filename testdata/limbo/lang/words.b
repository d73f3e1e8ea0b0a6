implement Words;

# a hash table of word counts, sorted by two keys, from a text in the program

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";

Words: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

Entry: adt {
	word:	string;
	n:	int;
	next:	cyclic ref Entry;
};

Table: adt {
	slots:	array of ref Entry;
	nent:	int;

	new:	fn(n: int): ref Table;
	get:	fn(t: self ref Table, w: string): ref Entry;
	all:	fn(t: self ref Table): array of ref Entry;
	grow:	fn(t: self ref Table);
};

text := "the quick brown fox jumps over the lazy dog the fox; " +
	"Über den Fluß — the dog, the END. Der Fluß, der den Fuchs trägt.\n";

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	t := Table.new(2);
	for(i := 0; i < 3; i++){
		w := "";
		for(j := 0; j < len text; j++){
			c := text[j];
			if(isletter(c))
				w[len w] = lower(c);
			else if(w != nil){
				t.get(w).n++;
				w = nil;
			}
		}
	}
	a := t.all();
	sort(a);
	for(i = 0; i < len a; i++)
		print("%3d %s\n", a[i].n, a[i].word);
	print("%d entries, %d slots\n", t.nent, len t.slots);
}

isletter(c: int): int
{
	case c {
	'a' to 'z' or 'A' to 'Z' or 'ß' to 'ÿ' or 'À' to 'Ö' =>
		return 1;
	'Ü' =>
		return 1;
	}
	return 0;
}

lower(c: int): int
{
	if(c >= 'A' && c <= 'Z' || c == 'Ü')
		return c+32;
	return c;
}

hash(s: string): int
{
	h := 0;
	for(i := 0; i < len s; i++)
		h = (h<<5) - h + s[i];
	return h & 16r7fffffff;
}

Table.new(n: int): ref Table
{
	return ref Table(array[n] of ref Entry, 0);
}

Table.get(t: self ref Table, w: string): ref Entry
{
	h := hash(w) % len t.slots;
	for(e := t.slots[h]; e != nil; e = e.next)
		if(e.word == w)
			return e;
	if(++t.nent > 2*len t.slots){
		t.grow();
		h = hash(w) % len t.slots;
	}
	return t.slots[h] = ref Entry(w, 0, t.slots[h]);
}

Table.grow(t: self ref Table)
{
	old := t.slots;
	t.slots = array[2*len old+1] of ref Entry;
	for(i := 0; i < len old; i++)
		for(e := old[i]; e != nil; ){
			next := e.next;
			h := hash(e.word) % len t.slots;
			(t.slots[h], e.next) = (e, t.slots[h]);
			e = next;
		}
}

Table.all(t: self ref Table): array of ref Entry
{
	a := array[t.nent] of ref Entry;
	n := 0;
	for(i := 0; i < len t.slots; i++)
		for(e := t.slots[i]; e != nil; e = e.next)
			a[n++] = e;
	return a;
}

sort(a: array of ref Entry)
{
	if(len a < 2)
		return;
	p := a[len a/2];
	(i, j) := (0, len a-1);
	while(i <= j){
		while(less(a[i], p))
			i++;
		while(less(p, a[j]))
			j--;
		if(i <= j){
			(a[i], a[j]) = (a[j], a[i]);
			i++;
			j--;
		}
	}
	sort(a[0:j+1]);
	sort(a[i:]);
}

less(a, b: ref Entry): int
{
	if(a.n != b.n)
		return a.n > b.n;
	return a.word < b.word;
}
