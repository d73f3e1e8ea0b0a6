implement Rand;

# rand(2): the published sequence, a linear congruential generator modulo 2^64 whose lowest bits are not used

include "rand.m";

state: big;

next(): big
{
	state = state * big 1103515245 + big 12345;
	return (state & 16r7fffffffffffffff) >> 10;
}

init(seed: int)
{
	state = big seed;
}

rand(modulus: int): int
{
	return int bigrand(big modulus);
}

bigrand(modulus: big): big
{
	r := next();
	if(modulus <= big 0)
		return big 0;
	return r % modulus;
}
