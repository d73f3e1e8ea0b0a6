implement Encoding;

# base 16, encoding(2)

include "encoding.m";

digits: con "0123456789ABCDEF";

enc(a: array of byte): string
{
	s := "";
	for(i := 0; i < len a; i++){
		s[len s] = digits[int a[i]>>4];
		s[len s] = digits[int a[i]&15];
	}
	return s;
}

dec(s: string): array of byte
{
	a := array[(len s+1)/2] of byte;
	n := 0;
	half := -1;
	for(i := 0; i < len s; i++){
		c := s[i];
		case c {
		'0' to '9' =>	c -= '0';
		'a' to 'f' =>	c -= 'a'-10;
		'A' to 'F' =>	c -= 'A'-10;
		* =>	continue;
		}
		if(half < 0)
			half = c;
		else{
			a[n++] = byte (half<<4 | c);
			half = -1;
		}
	}
	return a[0:n];
}
