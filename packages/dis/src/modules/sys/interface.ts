/** The functions of Sys: name, hash of the type, size of the frame and its pointer map. 0: variable arguments. */
export const sysInterface = `
announce 0x0b7c4ac0 40 0080
aprint 0x77442d46 0
bind 0x66326d91 48 00c0
byte2char 0x3d6094f9 40 0080
char2byte 0x2ba5ab41 48 0040
chdir 0xc6935858 40 0080
create 0x54db77d9 48 0080
dial 0x29e90174 40 00c0
dirread 0x72210d71 40 0080
dup 0x6584767b 40
export 0x6fc6dc03 48 00c0
fauth 0x20ccc34b 40 00c0
fd2path 0x749c6042 40 0080
fildes 0x1478f993 40
file2chan 0x9f34d686 40 00c0
fprint 0xf46486c8 0
fstat 0xda4499c2 40 0080
fversion 0xfe9c0a06 48 00a0
fwstat 0x50a6c7e0 104 00bc
iounit 0x5583b730 40 0080
listen 0xb97416e0 48 00e0
millisec 0x616977e8 32
mount 0x74c17b3a 56 00e8
open 0x8f477f99 40 0080
pctl 0x05df27fb 40 0040
pipe 0x1f2c52ea 40 0080
pread 0x09d8aac6 56 00c0
print 0xac849033 0
pwrite 0x09d8aac6 56 00c0
read 0x7cfef557 48 00c0
readn 0x7cfef557 48 00c0
remove 0xc6935858 40 0080
seek 0xaeccaddb 56 0080
sleep 0xe67bf126 40
sprint 0x4c0624b6 0
stat 0x319328dd 40 0080
stream 0xb9e8f9ea 48 00c0
tokenize 0x57338f20 40 00c0
unmount 0x21e337e3 40 00c0
utfbytes 0x01d4a1f4 40 0080
werrstr 0xc6935858 40 0080
write 0x7cfef557 48 00c0
wstat 0x56b02096 104 00bc
`;
