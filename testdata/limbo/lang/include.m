# included by include.b: a module interface, constants and an adt at top level
Incl: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
	LIMIT:	con 3;
	Box: adt {
		w, h:	int;
		area:	fn(b: self Box): int;
	};
};

OUTSIDE: con "outside";
Free: adt {
	n:	int;
};
