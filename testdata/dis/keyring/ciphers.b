implement Ciphers;

# Block ciphers: blocks, chains, chains in pieces, and what is refused.

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";
include "keyring.m";
	kr: Keyring;

Ciphers: module
{
	init:	fn(nil: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	kr = load Keyring Keyring->PATH;
	for(n := 16; n <= 32; n += 8){
		iv := bytes(16, 100);
		st := kr->aessetup(bytes(n, 1), iv);
		b := bytes(64, 7);
		kr->aescbc(st, b, 32, Keyring->Encrypt);
		kr->aescbc(st, b[32:], 32, Keyring->Encrypt);
		print("aes %d %s\n", 8 * n, hex(b));
		st = kr->aessetup(bytes(n, 1), iv);
		kr->aescbc(st, b, 64, Keyring->Decrypt);
		print("\t%s\n", hex(b));
		b = bytes(37, 9);
		kr->aescbc(kr->aessetup(bytes(n, 1), nil), b, 37, Keyring->Encrypt);
		print("partial %s\n", hex(b));
		kr->aescbc(kr->aessetup(bytes(n, 1), nil), b, 37, Keyring->Decrypt);
		print("\t%s\n", hex(b));
	}

	k := bytes(16, 33);
	iv := bytes(8, 200);
	b := bytes(40, 5);
	kr->desecb(kr->dessetup(k, nil), b, 40, Keyring->Encrypt);
	print("des ecb %s\n", hex(b));
	kr->desecb(kr->dessetup(k, nil), b, 40, Keyring->Decrypt);
	print("\t%s\n", hex(b));
	ds := kr->dessetup(k, iv);
	kr->descbc(ds, b, 24, Keyring->Encrypt);
	kr->descbc(ds, b[24:], 16, Keyring->Encrypt);
	print("des cbc %s\n", hex(b));
	kr->descbc(kr->dessetup(k, iv), b, 40, Keyring->Decrypt);
	print("\t%s\n", hex(b));

	kr->ideaecb(kr->ideasetup(k, nil), b, 40, Keyring->Encrypt);
	print("idea ecb %s\n", hex(b));
	kr->ideaecb(kr->ideasetup(k, nil), b, 40, Keyring->Decrypt);
	print("\t%s\n", hex(b));
	kr->ideacbc(kr->ideasetup(k, iv), b, 40, Keyring->Encrypt);
	print("idea cbc %s\n", hex(b));
	kr->ideacbc(kr->ideasetup(k, iv), b, 40, Keyring->Decrypt);
	print("\t%s\n", hex(b));

	for(n = 1; n <= 56; n += 11){
		kr->blowfishcbc(kr->blowfishsetup(bytes(n, 77), iv), b, 40, Keyring->Encrypt);
		print("blowfish %d %s\n", n, hex(b));
		kr->blowfishcbc(kr->blowfishsetup(bytes(n, 77), iv), b, 40, Keyring->Decrypt);
		print("\t%s\n", hex(b));
	}

	{ kr->aessetup(bytes(15, 0), nil); } exception e { "*" => print("aes key: %s\n", e); }
	{ kr->aessetup(bytes(16, 0), bytes(8, 0)); } exception e { "*" => print("aes ivec: %s\n", e); }
	{ kr->aescbc(nil, b, 16, 0); } exception e { "*" => print("aes state: %s\n", e); }
	{ kr->dessetup(bytes(7, 0), nil); } exception e { "*" => print("des key: %s\n", e); }
	{ kr->descbc(ds, b, 9, 0); } exception e { "*" => print("des size: %s\n", e); }
	{ kr->descbc(ds, b, 400, 0); } exception e { "*" => print("des bounds: %s\n", e); }
	{ kr->blowfishsetup(bytes(8, 0), bytes(9, 0)); } exception e { "*" => print("blowfish ivec: %s\n", e); }
	kr->descbc(ds, nil, 8, 0);
}

bytes(n, first: int): array of byte
{
	b := array[n] of byte;
	for(i := 0; i < n; i++)
		b[i] = byte (first + i * 3);
	return b;
}

hex(b: array of byte): string
{
	s := "";
	for(i := 0; i < len b; i++)
		s += sys->sprint("%.2x", int b[i]);
	return s;
}
