implement Encoding;

# base 64, encoding(2)

include "encoding.m";

digits: con "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

enc(a: array of byte): string
{
	s := "";
	n := len a;
	for(i := 0; i+2 < n; i += 3){
		v := int a[i]<<16 | int a[i+1]<<8 | int a[i+2];
		s[len s] = digits[v>>18];
		s[len s] = digits[v>>12 & 63];
		s[len s] = digits[v>>6 & 63];
		s[len s] = digits[v & 63];
	}
	case n-i {
	1 =>
		v := int a[i];
		s[len s] = digits[v>>2];
		s[len s] = digits[v<<4 & 63];
		s += "==";
	2 =>
		v := int a[i]<<8 | int a[i+1];
		s[len s] = digits[v>>10];
		s[len s] = digits[v>>4 & 63];
		s[len s] = digits[v<<2 & 63];
		s += "=";
	}
	return s;
}

# everything that is no digit is passed over
dec(s: string): array of byte
{
	a := array[len s*3/4+3] of byte;
	n := 0;
	v := 0;
	bits := 0;
	for(i := 0; i < len s; i++){
		c := s[i];
		case c {
		'A' to 'Z' =>	c -= 'A';
		'a' to 'z' =>	c -= 'a'-26;
		'0' to '9' =>	c -= '0'-52;
		'+' =>	c = 62;
		'/' =>	c = 63;
		* =>	continue;
		}
		v = v<<6 | c;
		bits += 6;
		if(bits >= 8){
			bits -= 8;
			a[n++] = byte (v>>bits);
		}
	}
	return a[0:n];
}
