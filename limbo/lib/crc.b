implement Crc;

# crc(2): bits are taken lowest first

include "crc.m";

init(poly, reg: int): ref CRCstate
{
	if(poly == 0)
		poly = int 16redb88320;
	t := array[256] of int;
	for(i := 0; i < len t; i++){
		c := i;
		for(k := 0; k < 8; k++){
			odd := c & 1;
			c = c>>1 & 16r7fffffff;
			if(odd)
				c ^= poly;
		}
		t[i] = c;
	}
	return ref CRCstate(0, t, reg);
}

# crc holds the check of what has come so far, with the register put in at either end
crc(state: ref CRCstate, buf: array of byte, nb: int): int
{
	t := state.crctab;
	c := state.crc ^ state.reg;
	if(nb > len buf)
		nb = len buf;
	for(i := 0; i < nb; i++)
		c = t[(c ^ int buf[i]) & 255] ^ (c>>8 & 16rffffff);
	state.crc = c ^ state.reg;
	return state.crc;
}

reset(state: ref CRCstate)
{
	state.crc = 0;
}
