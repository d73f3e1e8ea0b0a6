implement Digests;

# Message digests and HMAC, at once and in pieces.

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";
include "keyring.m";
	kr: Keyring;
	DigestState: import kr;

Digests: module
{
	init:	fn(nil: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	kr = load Keyring Keyring->PATH;
	texts := array[] of {"", "a", "abc", "message digest", "abcdefghijklmnopqrstuvwxyz", long(55), long(56), long(63), long(64), long(65), long(111), long(112), long(127), long(128), long(1000)};
	for(i := 0; i < len texts; i++){
		b := array of byte texts[i];
		print("%d bytes\n", len b);
		for(alg := 0; alg < 7; alg++){
			(name, size) := algorithm(alg);
			d := array[size] of byte;
			digest(alg, b, len b, d, nil);
			print("\t%s %s\n", name, hex(d));
			# In pieces.
			st: ref DigestState;
			for(o := 0; o < len b; o += 7){
				n := len b - o;
				if(n > 7)
					n = 7;
				st = digest(alg, b[o:], n, nil, st);
			}
			e := array[size] of byte;
			digest(alg, nil, 0, e, st);
			if(hex(d) != hex(e))
				print("\t%s differs in pieces: %s\n", name, hex(e));
		}
		if(len b > 0){
			key := array of byte "a secret key";
			d := array[Keyring->SHA1dlen] of byte;
			kr->hmac_sha1(b, len b, key, d, nil);
			print("\thmac_sha1 %s\n", hex(d));
			st := kr->hmac_sha1(b, len b / 2, key, nil, nil);
			kr->hmac_sha1(b[len b / 2:], len b - len b / 2, key, d, st);
			print("\tin two %s\n", hex(d));
			d = array[Keyring->MD5dlen] of byte;
			kr->hmac_md5(b, len b, key, d, nil);
			print("\thmac_md5 %s\n", hex(d));
		}
	}
	# A copy goes its own way.
	b := array of byte "abcdef";
	st := kr->sha256(b, 3, nil, nil);
	other := st.copy();
	d := array[Keyring->SHA256dlen] of byte;
	kr->sha256(b[3:], 3, d, st);
	print("%s\n", hex(d));
	kr->sha256(nil, 0, d, other);
	print("%s\n", hex(d));
	# Digests may lie in larger arrays.
	d = array[20] of {* => byte 16rff};
	kr->md5(b, 100, d, nil);
	print("%s\n", hex(d));
	error("short", b, 6, array[10] of byte, b);
	error("nil data", nil, 6, d, b);
	error("long key", b, 6, d, array[65] of byte);
	error("no key", b, 6, d, nil);
}

error(what: string, b: array of byte, n: int, d, key: array of byte)
{
	{
		kr->hmac_md5(b, n, key, d, nil);
		print("%s: no error\n", what);
	} exception e {
	"*" =>
		print("%s: %s\n", what, e);
	}
}

algorithm(alg: int): (string, int)
{
	case alg {
	0 => return ("md4", Keyring->MD4dlen);
	1 => return ("md5", Keyring->MD5dlen);
	2 => return ("sha1", Keyring->SHA1dlen);
	3 => return ("sha224", Keyring->SHA224dlen);
	4 => return ("sha256", Keyring->SHA256dlen);
	5 => return ("sha384", Keyring->SHA384dlen);
	* => return ("sha512", Keyring->SHA512dlen);
	}
}

digest(alg: int, b: array of byte, n: int, d: array of byte, st: ref DigestState): ref DigestState
{
	case alg {
	0 => return kr->md4(b, n, d, st);
	1 => return kr->md5(b, n, d, st);
	2 => return kr->sha1(b, n, d, st);
	3 => return kr->sha224(b, n, d, st);
	4 => return kr->sha256(b, n, d, st);
	5 => return kr->sha384(b, n, d, st);
	* => return kr->sha512(b, n, d, st);
	}
}

long(n: int): string
{
	s := "";
	for(i := 0; i < n; i++)
		s[i] = 'a' + i % 26;
	return s;
}

hex(b: array of byte): string
{
	s := "";
	for(i := 0; i < len b; i++)
		s += sys->sprint("%.2x", int b[i]);
	return s;
}
