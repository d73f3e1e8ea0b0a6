implement Adts;

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";

Adts: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

Stack: adt
{
	items:	list of int;
	n:	int;

	MAX:	con 3;

	new:	fn(): ref Stack;
	push:	fn(s: self ref Stack, i: int): int;
	pop:	fn(s: self ref Stack): int;
	size:	fn(s: self ref Stack): int;
};

Node: adt
{
	value:	int;
	left, right:	cyclic ref Node;

	insert:	fn(t: self ref Node, v: int): ref Node;
	walk:	fn(t: self ref Node, depth: int): string;
};

Shape: adt
{
	name:	string;
	pick {
	Circle =>
		r:	real;
	Square or Diamond =>
		side:	int;
	Poly =>
		points:	list of (int, int);
		closed:	int;
	Nothing =>
	}

	area:	fn(s: self ref Shape): string;
};

Rect: adt
{
	min, max:	Point;
	dx:	fn(r: self Rect): int;
};

Point: adt
{
	x, y:	int;
	add:	fn(p: self Point, q: Point): Point;
};

ZP: con Point(0, 0);

Stack.new(): ref Stack
{
	return ref Stack(nil, 0);
}

Stack.push(s: self ref Stack, i: int): int
{
	if(s.n >= Stack.MAX)
		return -1;
	s.items = i :: s.items;
	return ++s.n;
}

Stack.pop(s: self ref Stack): int
{
	i := hd s.items;
	s.items = tl s.items;
	s.n--;
	return i;
}

Stack.size(s: self ref Stack): int
{
	return s.n;
}

Node.insert(t: self ref Node, v: int): ref Node
{
	if(t == nil)
		return ref Node(v, nil, nil);
	if(v < t.value)
		t.left = t.left.insert(v);
	else
		t.right = t.right.insert(v);
	return t;
}

Node.walk(t: self ref Node, depth: int): string
{
	if(t == nil)
		return "";
	return t.left.walk(depth+1) + string t.value + "/" + string depth + " " + t.right.walk(depth+1);
}

Shape.area(s: self ref Shape): string
{
	pick p := s {
	Circle =>
		return sys->sprint("%s %.2f", p.name, p.r*p.r*3.14);
	Square or Diamond =>
		return sys->sprint("%s %d", p.name, p.side*p.side);
	Poly =>
		n := len p.points;
		return sys->sprint("%s %d %d", p.name, n, p.closed);
	* =>
		return p.name + " nothing";
	}
}

Rect.dx(r: self Rect): int
{
	return r.max.x - r.min.x;
}

Point.add(p: self Point, q: Point): Point
{
	return (p.x+q.x, p.y+q.y);
}

tagname(s: ref Shape): string
{
	case tagof s {
	tagof Shape.Circle =>
		return "circle";
	tagof Shape.Square or tagof Shape.Diamond =>
		return "square";
	* =>
		return "other";
	}
}

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	s := Stack.new();
	for(i := 0; i < 5; i++)
		print("%d ", s.push(i*i));
	print("%d %d %d\n", s.pop(), s.size(), s.pop());
	t: ref Node;
	for(l := list of {5, 2, 8, 1, 9, 3}; l != nil; l = tl l)
		t = t.insert(hd l);
	print("%s\n", t.walk(0));
	shapes := array[] of {
		ref Shape.Circle("c", 2.0),
		ref Shape.Square("s", 4),
		ref Shape.Diamond("d", 5),
		ref Shape.Poly("p", (1, 2) :: (3, 4) :: nil, 1),
		ref Shape.Nothing("n"),
	};
	for(i = 0; i < len shapes; i++)
		print("%s (%s)\n", shapes[i].area(), tagname(shapes[i]));
	c := ref *shapes[1];
	c.name = "copy";
	print("%s %s\n", c.name, shapes[1].name);
	pick sq := c {
	Square =>
		sq.side = 10;
	}
	print("%s %s\n", c.area(), shapes[1].area());
	r := Rect((1, 2), (11, 22));
	q := r;
	q.max.x = 101;
	print("%d %d\n", r.dx(), q.dx());
	p := Point(3, 4).add(Point(1, 1));
	p = p.add(ZP);
	print("%d %d %d\n", p.x, p.y, ZP.x);
	(x, y) := p;
	rp := ref r;
	rp.min = p;
	*rp = Rect(p, (x*2, y*2));
	print("%d %d %d\n", rp.min.x, rp.max.y, r.min.x);
	np := ref Point;
	np.x = 5;
	print("%d\n", np.x);
}
