Geometry: module
{
	PATH:	con "geometry.dis";

	Origin:	con 0;
	Scale:	con 2;
	Vec: adt
	{
		x, y:	int;
		plus:	fn(a: self Vec, b: Vec): Vec;
		text:	fn(a: self Vec): string;
	};
	Kind, Small, Large:	con iota;
	Worse:	exception(string);

	calls:	int;
	name:	string;

	scale:	fn(v: Vec, n: int): Vec;
	start:	fn(s: string);
	both:	fn(a: list of Vec): (Vec, int);
};
