implement Modadt;

# adts of a module with methods, the qualified forms of their names

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";

Modadt: module
{
	Elem: adt {
		i:	int;
		x:	real;
		text:	fn(e: self ref Elem): string;
		mk:	fn(i: int, x: real): ref Elem;
	};
	Vec: adt {
		v:	array of real;
		max:	fn(v: self ref Vec): ref Elem;
		make:	fn(a: array of real): ref Vec;
		DIM: con 3;
	};
	init:	fn(nil: ref Draw->Context, nil: list of string);
	dot:	fn(a, b: ref Vec): real;
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	v := Vec.make(array[] of {1.0, 4.0, 2.0});
	m := v.max();
	print("%s\n", m.text());
	e := Elem.mk(7, .5);
	print("%s %d\n", e.text(), Vec.DIM);
	f: ref Elem;
	f = ref Elem(1, 2.0);
	f.x++;
	print("%s\n", f.text());
	me := load Modadt SELF;
	w := me->(Modadt->Vec).make(array[] of {1.0, 1.0, 1.0});
	print("%g\n", me->dot(v, w));
	u := me->v.max();
	print("%d\n", u.i);
	w2: ref me->Vec;
	w2 = me->(me->Vec).make(array[1] of {9.0});
	print("%g\n", w2.v[0]);
	Vec: import me;
	w3 := Vec.make(array[1] of {8.0});
	print("%g %d\n", w3.v[0], (Modadt->Vec).DIM);
}

Vec.make(a: array of real): ref Vec
{
	return ref Vec(a);
}

Vec.max(v: self ref Vec): ref Elem
{
	r := ref Elem(0, v.v[0]);
	for(i := 1; i < len v.v; i++)
		if(v.v[i] > r.x)
			r = Elem.mk(i, v.v[i]);
	return r;
}

Elem.text(e: self ref Elem): string
{
	return sys->sprint("[%d]=%g", e.i, e.x);
}

Elem.mk(i: int, x: real): ref Elem
{
	return ref Elem(i, x);
}

dot(a, b: ref Vec): real
{
	s := 0.0;
	for(i := 0; i < len a.v; i++)
		s += a.v[i]*b.v[i];
	return s;
}
