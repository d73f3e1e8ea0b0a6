implement Adts;

# adts: values and references, methods with self, constants and functions as members, nesting

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";

Adts: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

Point: adt {
	x:	int;
	eq:	fn(p: self Point, q: Point): int;	# functions may stand between the data
	y:	int;
	Zero:	con 0;
	Xaxis, Yaxis: con iota;

	new:	fn(x, y: int): Point;
	add:	fn(p: self Point, q: Point): Point;
	scale:	fn(p: self ref Point, n: int);
	text:	fn(p: self Point): string;
};

Rect: adt {
	min, max:	Point;
	name:	string;

	area:	fn(r: self ref Rect): int;
	move:	fn(r: self ref Rect, p: Point): ref Rect;
	clone:	fn(r: self Rect): Rect;
};

Stack: adt {
	items:	list of string;
	n:	int;

	push:	fn(s: self ref Stack, x: string): int;
	pop:	fn(s: self ref Stack): string;
	init:	fn(): ref Stack;
};

Node: adt {
	left, right:	cyclic ref Node;
	key:	int;

	insert:	fn(t: self ref Node, k: int): ref Node;
	walk:	fn(t: self ref Node, f: ref fn(k: int));
	depth:	fn(t: self ref Node): int;
};

Empty: adt {
};

gp: Point;

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	p := Point(1, 2);
	q := Point.new(3, 4);
	r := p.add(q);
	print("%s %s %s %d\n", p.text(), q.text(), r.text(), p.eq(Point(1, 2)));
	r.x = 100;
	s := r;
	s.y = -1;
	print("%s %s\n", r.text(), s.text());
	rp := ref r;			# a copy on the heap
	rp.scale(2);
	print("%s %s\n", (*rp).text(), r.text());
	tp := rp;
	tp.x = 5;
	print("%d %d %d\n", rp.x, tp == rp, tp == nil);
	*rp = Point(7, 8);
	print("%s\n", (*tp).text());
	print("%d %d %d\n", Point.Zero, Point.Yaxis, p.Yaxis);
	rect := ref Rect(Point(0, 0), (10, 20), "box");
	print("%d\n", rect.area());
	m := rect.move((5, 5));
	print("%s %s %s\n", m.min.text(), m.max.text(), m.name);
	rect.max.x++;
	rect.max = rect.max.add((1, 1));
	print("%d %d\n", rect.max.x, rect.max.y);
	c := (*rect).clone();
	c.name += "2";
	print("%s %s\n", c.name, rect.name);
	st := Stack.init();
	st.push("a");
	st.push("b");
	print("%d\n", st.push("c"));
	while((x := st.pop()) != nil)
		print("%s ", x);
	print("\n");
	t: ref Node;
	for(l := list of {5, 2, 8, 1, 9, 3}; l != nil; l = tl l)
		t = t.insert(hd l);
	t.walk(show);
	print(": %d\n", t.depth());
	gp.x = 3;
	gp = gp.add(gp);
	print("%d %d\n", gp.x, gp.y);
	a := array[3] of Rect;
	a[1].max.y = 77;
	a[2] = a[1];
	a[2].name = "third";
	print("%d %s.\n", a[2].max.y, a[1].name);
	e: Empty;
	f := ref Empty;
	print("%d\n", f != nil);
	e = *f;
	print("%d\n", (Point.new(6, 7)).x);
	print("%d\n", Point.new(6, 7).add(Point.new(1, 1)).y);
	n := ref Node(nil, nil, 1);
	n.left = n;			# cyclic
	print("%d\n", n.left.left.left.key);
	n.left = nil;
	u := ref *rp;
	u.x = 0;
	print("%d %d\n", rp.x, u.x);
}

show(k: int)
{
	print("%d ", k);
}

Point.new(x, y: int): Point
{
	return Point(x, y);
}

Point.add(p: self Point, q: Point): Point
{
	p.x += q.x;			# p is a copy
	p.y += q.y;
	return p;
}

Point.eq(p: self Point, q: Point): int
{
	return p.x == q.x && p.y == q.y;
}

Point.scale(p: self ref Point, n: int)
{
	p.x *= n;
	p.y *= n;
}

Point.text(p: self Point): string
{
	return sys->sprint("(%d,%d)", p.x, p.y);
}

Rect.area(r: self ref Rect): int
{
	return (r.max.x-r.min.x)*(r.max.y-r.min.y);
}

Rect.move(r: self ref Rect, p: Point): ref Rect
{
	return ref Rect(r.min.add(p), r.max.add(p), r.name);
}

Rect.clone(r: self Rect): Rect
{
	return r;
}

Stack.init(): ref Stack
{
	return ref Stack(nil, 0);
}

Stack.push(s: self ref Stack, x: string): int
{
	s.items = x :: s.items;
	return ++s.n;
}

Stack.pop(s: self ref Stack): string
{
	if(s.n == 0)
		return nil;
	x := hd s.items;
	s.items = tl s.items;
	s.n--;
	return x;
}

Node.insert(t: self ref Node, k: int): ref Node
{
	if(t == nil)
		return ref Node(nil, nil, k);
	if(k < t.key)
		t.left = t.left.insert(k);
	else
		t.right = t.right.insert(k);
	return t;
}

Node.walk(t: self ref Node, f: ref fn(k: int))
{
	if(t == nil)
		return;
	t.left.walk(f);
	f(t.key);
	t.right.walk(f);
}

Node.depth(t: self ref Node): int
{
	if(t == nil)
		return 0;
	l := t.left.depth();
	r := t.right.depth();
	if(l > r)
		return l+1;
	return r+1;
}
