# Cyclic redundancy checks: crc(2).

Crc: module
{
	PATH:	con "/dis/lib/crc.dis";

	CRCstate: adt {
		crc:	int;
		crctab:	array of int;
		reg:	int;
	};

	# poly 0 is that of CRC-32, whose register starts as ~0
	init:	fn(poly: int, reg: int): ref CRCstate;
	crc:	fn(state: ref CRCstate, buf: array of byte, nb: int): int;
	reset:	fn(state: ref CRCstate);
};
