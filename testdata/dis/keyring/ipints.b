implement Ipints;

# Integers of any size, and keys made of them.

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";
include "keyring.m";
	kr: Keyring;
	IPint, RSApk, RSAsk, RSAsig, DSApk, DSAsk, DSAsig, EGpk, EGsk: import kr;

Ipints: module
{
	init:	fn(nil: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	kr = load Keyring Keyring->PATH;
	texts := array[] of {"0", "1", "-1", "255", "256", "-12345678901234567890", "123456789012345678901234567890", "4294967295", "4294967296", "-4294967297", "18446744073709551615"};
	v := array[len texts] of ref IPint;
	for(i := 0; i < len texts; i++){
		v[i] = IPint.strtoip(texts[i], 10);
		a := v[i];
		print("%s: %s %s %s %s %s %d bits, int %d, bytes %s\n", texts[i], d(a, 10), d(a, 16), d(a, 64), a.iptob64(), a.iptob64z(), a.bits(), a.iptoint(), hex(a.iptobytes()));
		print("\t%s %s %s %s %s\n", d(IPint.strtoip(d(a, 16), 16), 10), d(IPint.b64toip(a.iptob64z()), 10), d(IPint.bytestoip(a.iptobytes()), 10), d(IPint.bebytestoip(a.iptobebytes()), 10), d(a.neg(), 10));
		print("\tnot %s, shifted %s %s %s %s\n", d(a.not(), 16), d(a.shl(3), 10), d(a.shr(3), 10), d(a.shl(67), 16), d(a.shr(40), 10));
	}
	for(i = 0; i < len v; i++)
		for(j := 0; j < len v; j++){
			a := v[i];
			b := v[j];
			print("%s %s: %s %s %s eq %d cmp %d and %s or %s xor %s", texts[i], texts[j], d(a.add(b), 10), d(a.sub(b), 10), d(a.mul(b), 10), a.eq(b), a.cmp(b), d(a.and(b), 16), d(a.ori(b), 16), d(a.xor(b), 16));
			if(j > 0){
				(q, r) := a.div(b);
				print(" div %s %s", d(q, 10), d(r, 10));
				if(a.cmp(v[0]) >= 0 && b.cmp(v[0]) > 0)
					print(" mod %s", d(a.mod(b), 10));
			}
			print("\n");
		}
	p := IPint.strtoip("170141183460469231731687303715884105727", 10);	# 2**127-1
	g := IPint.inttoip(3);
	e := IPint.strtoip("123456789123456789", 10);
	print("expmod %s\n", d(g.expmod(e, p), 10));
	print("exp %s\n", d(g.expmod(IPint.inttoip(100), nil), 10));
	print("exp 0 %s\n", d(g.expmod(v[0], p), 10));
	print("invert %s\n", d(e.invert(p), 10));
	print("%s\n", d(e.invert(p).mul(e).mod(p), 10));
	print("random %d\n", IPint.random(10, 200).bits() <= 200);
	print("bad %d %d %d %d\n", IPint.strtoip("12x", 10) == nil, IPint.strtoip("", 10) == nil, IPint.strtoip("x", 16) == nil, IPint.b64toip("*") == nil);
	print("%s %s %s\n", d(IPint.strtoip("  --ff", 16), 10), d(IPint.strtoip("AbC", 16), 10), d(IPint.strtoip("-10", 16), 10));
	print("base 32 %s %s\n", d(p, 32), d(IPint.strtoip("zzzzzzzz", 64), 16));
	nilp: ref IPint;
	{ nilp.add(g); } exception ex { "*" => print("%s\n", ex); }
	print("nil: %d %d\n", nilp.bits(), nilp.iptoint());

	# RSA with small, fixed primes.
	rp := IPint.strtoip("1000000000000000003", 10);
	rq := IPint.strtoip("1000000000000000009", 10);
	n := rp.mul(rq);
	phi := rp.sub(v[1]).mul(rq.sub(v[1]));
	ek := IPint.inttoip(65537);
	sk := RSAsk.fill(n, ek, ek.invert(phi), rp, rq);
	m := IPint.strtoip("1234567890123456789012345", 10);
	c := sk.pk.encrypt(m);
	print("rsa %s\n", d(c, 10));
	print("%s %s %s\n", d(sk.kp, 10), d(sk.kq, 10), d(sk.c2, 10));
	print("%s\n", d(sk.decrypt(c), 10));
	sig := sk.sign(m);
	print("%s %d %d\n", d(sig.n, 10), sk.pk.verify(sig, m), sk.pk.verify(sig, m.add(v[1])));

	# DSA in a group so large that no wrong message passes by chance, ElGamal in a small one: verified here, whoever signs.
	q := p;
	dp := IPint.strtoip("19396094914493492417412352623610788052879", 10);	# 114q+1
	alpha := IPint.strtoip("20769187434139310514121985316880384", 10);	# 2**114
	dk := ref DSAsk(ref DSApk(dp, q, alpha, alpha.expmod(IPint.inttoip(77), dp)), IPint.inttoip(77));
	dm := IPint.inttoip(500);
	good := 0;
	bad := 0;
	for(i = 0; i < 20; i++){
		ds := dk.sign(dm);
		good += dk.pk.verify(ds, dm);
		bad += dk.pk.verify(ds, IPint.inttoip(501));
	}
	print("dsa %d %d\n", good, bad);
	print("%d\n", dk.pk.verify(ref DSAsig(q, q), dm));
	nk := DSAsk.gen(dk.pk);
	print("%d %d\n", nk.pk.p.eq(dp), nk.pk.verify(nk.sign(dm), dm));
	ep := IPint.strtoip("2039", 10);
	egk := ref EGsk(ref EGpk(ep, IPint.inttoip(7), IPint.inttoip(7).expmod(IPint.inttoip(123), ep)), IPint.inttoip(123));
	good = 0;
	for(i = 0; i < 20; i++)
		good += egk.pk.verify(egk.sign(dm), dm);
	print("eg %d\n", good);
	print("%d\n", RSAsk.gen(256, 6, 0).pk.n.bits());
}

# The original knows a negative zero.
d(a: ref IPint, base: int): string
{
	s := a.iptostr(base);
	if(s == "-0")
		return "0";
	return s;
}

hex(b: array of byte): string
{
	s := "";
	for(i := 0; i < len b; i++)
		s += sys->sprint("%.2x", int b[i]);
	return s;
}
