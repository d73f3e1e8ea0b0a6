implement Encoding;

# base 32 with digits that are hard to take for one another, no padding: encoding(2)

include "encoding.m";

digits: con "23456789abcdefghijkmnpqrstuvwxyz";

enc(a: array of byte): string
{
	s := "";
	v := 0;
	bits := 0;
	for(i := 0; i < len a; i++){
		v = v<<8 & 16rffff | int a[i];
		for(bits += 8; bits >= 5; ){
			bits -= 5;
			s[len s] = digits[v>>bits & 31];
		}
	}
	if(bits > 0)
		s[len s] = digits[v<<5-bits & 31];
	return s;
}

dec(s: string): array of byte
{
	a := array[len s*5/8+1] of byte;
	n := 0;
	v := 0;
	bits := 0;
	for(i := 0; i < len s; i++){
		d := value(s[i]);
		if(d < 0)
			continue;
		v = v<<5 & 16rffff | d;
		bits += 5;
		if(bits >= 8){
			bits -= 8;
			a[n++] = byte (v>>bits);
		}
	}
	return a[0:n];
}

value(c: int): int
{
	if(c >= 'A' && c <= 'Z')
		c += 'a'-'A';
	for(i := 0; i < len digits; i++)
		if(digits[i] == c)
			return i;
	return -1;
}
