implement Encoding;

# base 32 as RFC 4648 has it, encoding(2)

include "encoding.m";

digits: con "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

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
	while(len s & 7)
		s[len s] = '=';
	return s;
}

dec(s: string): array of byte
{
	a := array[len s*5/8+1] of byte;
	n := 0;
	v := 0;
	bits := 0;
	for(i := 0; i < len s; i++){
		c := s[i];
		case c {
		'A' to 'Z' =>	c -= 'A';
		'a' to 'z' =>	c -= 'a';
		'2' to '7' =>	c -= '2'-26;
		* =>	continue;
		}
		v = v<<5 & 16rffff | c;
		bits += 5;
		if(bits >= 8){
			bits -= 8;
			a[n++] = byte (v>>bits);
		}
	}
	return a[0:n];
}
