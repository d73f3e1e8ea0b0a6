/** The functions of Keyring, IPints and Crypt: name, hash of the type, size of the frame and its pointer map. */

export const keyringInterface = `
IPint.add 0xa47c1b24 40 00c0
aescbc 0xac616ba 48 00c0
aessetup 0x44452583 40 00c0
IPint.and 0xa47c1b24 40 00c0
auth 0x9c576bb 48 00c0
IPint.b64toip 0xa803ee03 40 0080
IPint.bebytestoip 0x6fa90725 40 0080
IPint.bits 0xeb4c9bad 40 0080
blowfishcbc 0xac616ba 48 00c0
blowfishsetup 0x44452583 40 00c0
IPint.bytestoip 0x6fa90725 40 0080
certtoattr 0xbc65254a 40 0080
certtostr 0xbc65254a 40 0080
IPint.cmp 0x79774f9e 40 00c0
IPint.copy 0x491fbd11 40 0080
DigestState.copy 0x491fbd11 40 0080
RSAsk.decrypt 0xf3b51b95 40 00c0
descbc 0xac616ba 48 00c0
desecb 0xac616ba 48 00c0
dessetup 0x44452583 40 00c0
dhparams 0x6abb2418 40
IPint.div 0x4672bf61 40 00c0
RSApk.encrypt 0xdc0ec366 40 00c0
IPint.eq 0x79774f9e 40 00c0
IPint.expmod 0xe6105024 48 00e0
RSAsk.fill 0x2ab0d50a 56 00f8
RSAsk.gen 0xc197fd0 48
DSAsk.gen 0x46f0eb94 40 0080
EGsk.gen 0x4a59c528 40
genSK 0xadd8cbd9 48 00c0
genSKfromPK 0x5416d1ee 40 00c0
getbytearray 0x4e02ce80 40 0080
getmsg 0xd9de1bb7 40 0080
getstring 0x92f10e56 40 0080
hmac_md5 0xec9ac159 56 00b8
hmac_sha1 0xec9ac159 56 00b8
ideacbc 0xac616ba 48 00c0
ideaecb 0xac616ba 48 00c0
ideasetup 0x44452583 40 00c0
IPint.inttoip 0x95dc8b6d 40
IPint.invert 0xa47c1b24 40 00c0
IPint.iptob64 0xfab4eb8a 40 0080
IPint.iptob64z 0xfab4eb8a 40 0080
IPint.iptobebytes 0xc8e5162d 40 0080
IPint.iptobytes 0xc8e5162d 40 0080
IPint.iptoint 0xeb4c9bad 40 0080
IPint.iptostr 0xf9fdc03d 40 0080
md4 0x7656377 48 00b0
md5 0x7656377 48 00b0
IPint.mod 0xa47c1b24 40 00c0
IPint.mul 0xa47c1b24 40 00c0
IPint.neg 0x491fbd11 40 0080
IPint.not 0x491fbd11 40 0080
IPint.ori 0xa47c1b24 40 00c0
pktoattr 0xfb4e61ba 40 0080
pktostr 0xfb4e61ba 40 0080
putbytearray 0x7cfef557 48 00c0
puterror 0xd2526222 40 00c0
putstring 0xd2526222 40 00c0
IPint.random 0x70bcd6f1 40
rc4 0xd051c505 48 00c0
rc4back 0x3643caf7 40 0080
rc4setup 0x6fa90725 40 0080
rc4skip 0x3643caf7 40 0080
readauthinfo 0xb2c82015 40 0080
senderrmsg 0xd2526222 40 00c0
sendmsg 0x7cfef557 48 00c0
sha1 0x7656377 48 00b0
sha224 0x7656377 48 00b0
sha256 0x7656377 48 00b0
sha384 0x7656377 48 00b0
sha512 0x7656377 48 00b0
IPint.shl 0xc7b0bc01 40 0080
IPint.shr 0xc7b0bc01 40 0080
sign 0xdacb7a7e 48 00b0
RSAsk.sign 0x5dbdc2fe 40 00c0
DSAsk.sign 0x6e51e1b3 40 00c0
EGsk.sign 0xca053e70 40 00c0
signm 0xba5bd10f 48 00e0
sktoattr 0xfb4e61ba 40 0080
sktopk 0x6f74c7c9 40 0080
sktostr 0xfb4e61ba 40 0080
strtocert 0x2c0ee68a 40 0080
IPint.strtoip 0x12d7a943 40 0080
strtopk 0xcc511522 40 0080
strtosk 0xcc511522 40 0080
IPint.sub 0xa47c1b24 40 00c0
verify 0x8b5b9f76 48 00e0
RSApk.verify 0x1857beff 48 00e0
DSApk.verify 0xeca448ff 48 00e0
EGpk.verify 0xfb1e256c 48 00e0
verifym 0x8b5b9f76 48 00e0
writeauthinfo 0x5ba03002 40 00c0
IPint.xor 0xa47c1b24 40 00c0
`;

export const ipintsInterface = `
DSAprimes 0x40d03bb6 32
IPint.add 0xa47c1b24 40 00c0
IPint.and 0xa47c1b24 40 00c0
IPint.b64toip 0xa803ee03 40 0080
IPint.bebytestoip 0x6fa90725 40 0080
IPint.bits 0xeb4c9bad 40 0080
IPint.bytestoip 0x6fa90725 40 0080
IPint.cmp 0x79774f9e 40 00c0
IPint.copy 0x491fbd11 40 0080
IPint.div 0x4672bf61 40 00c0
IPint.eq 0x79774f9e 40 00c0
IPint.expmod 0xe6105024 48 00e0
genprime 0x70bcd6f1 40
gensafeprime 0x9a3f0392 40
genstrongprime 0x70bcd6f1 40
IPint.inttoip 0x95dc8b6d 40
IPint.invert 0xa47c1b24 40 00c0
IPint.iptob64 0xfab4eb8a 40 0080
IPint.iptob64z 0xfab4eb8a 40 0080
IPint.iptobebytes 0xc8e5162d 40 0080
IPint.iptobytes 0xc8e5162d 40 0080
IPint.iptoint 0xeb4c9bad 40 0080
IPint.iptostr 0xf9fdc03d 40 0080
IPint.mod 0xa47c1b24 40 00c0
IPint.mul 0xa47c1b24 40 00c0
IPint.neg 0x491fbd11 40 0080
IPint.not 0x491fbd11 40 0080
IPint.ori 0xa47c1b24 40 00c0
probably_prime 0xd67dfdfa 40 0080
IPint.random 0x95dc8b6d 40
IPint.shl 0xc7b0bc01 40 0080
IPint.shr 0xc7b0bc01 40 0080
IPint.strtoip 0x12d7a943 40 0080
IPint.sub 0xa47c1b24 40 00c0
IPint.xor 0xa47c1b24 40 00c0
`;

export const cryptInterface = `
aescbc 0xac616ba 48 00c0
aessetup 0x44452583 40 00c0
blowfishcbc 0xac616ba 48 00c0
blowfishsetup 0x44452583 40 00c0
DigestState.copy 0x491fbd11 40 0080
descbc 0xac616ba 48 00c0
desecb 0xac616ba 48 00c0
dessetup 0x44452583 40 00c0
dhparams 0x6abb2418 40
dsagen 0xfca97ad3 40 0080
eggen 0x6e59448f 40
genSK 0x5d82edbe 40 0080
genSKfromPK 0x368c3183 40 0080
hmac_md5 0xec9ac159 56 00b8
hmac_sha1 0xec9ac159 56 00b8
ideacbc 0xac616ba 48 00c0
ideaecb 0xac616ba 48 00c0
ideasetup 0x44452583 40 00c0
md4 0x7656377 48 00b0
md5 0x7656377 48 00b0
rc4 0xd051c505 48 00c0
rc4back 0x3643caf7 40 0080
rc4setup 0x6fa90725 40 0080
rc4skip 0x3643caf7 40 0080
rsadecrypt 0x91e80677 40 00c0
rsaencrypt 0x3cddeb19 40 00c0
rsafill 0x621f5851 56 00f8
rsagen 0xa59005ba 48
sha1 0x7656377 48 00b0
sha224 0x7656377 48 00b0
sha256 0x7656377 48 00b0
sha384 0x7656377 48 00b0
sha512 0x7656377 48 00b0
sign 0xe955b4f2 40 00c0
sktopk 0x132f856e 40 0080
verify 0xff419b7b 48 00e0
`;
