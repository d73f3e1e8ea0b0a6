/** The functions of Math: name, hash of the type, size of the frame and its pointer map. */
export const mathInterface = `
FPcontrol 0x6584767b 40
FPstatus 0x6584767b 40
acos 0xa1d1fe48 40
acosh 0xa1d1fe48 40
asin 0xa1d1fe48 40
asinh 0xa1d1fe48 40
atan 0xa1d1fe48 40
atan2 0xf293f6cf 48
atanh 0xa1d1fe48 40
bits32real 0x40a58596 40
bits64real 0x5463c72c 40
cbrt 0xa1d1fe48 40
ceil 0xa1d1fe48 40
copysign 0xf293f6cf 48
cos 0xa1d1fe48 40
cosh 0xa1d1fe48 40
dot 0xfeca4db6 40 00c0
erf 0xa1d1fe48 40
erfc 0xa1d1fe48 40
exp 0xa1d1fe48 40
expm1 0xa1d1fe48 40
export_int 0x3f1d94ee 40 00c0
export_real 0xd1fb0c8c 40 00c0
export_real32 0xd1fb0c8c 40 00c0
fabs 0xa1d1fe48 40
fdim 0xf293f6cf 48
finite 0x7b2e5f52 40
floor 0xa1d1fe48 40
fmax 0xf293f6cf 48
fmin 0xf293f6cf 48
fmod 0xf293f6cf 48
gemm 0x53b8cd34 96 0000a2
getFPcontrol 0x616977e8 32
getFPstatus 0x616977e8 32
hypot 0xf293f6cf 48
iamax 0xa5fc2e4d 40 0080
ilogb 0x7b2e5f52 40
import_int 0x3f1d94ee 40 00c0
import_real 0xd1fb0c8c 40 00c0
import_real32 0xd1fb0c8c 40 00c0
isnan 0x7b2e5f52 40
j0 0xa1d1fe48 40
j1 0xa1d1fe48 40
jn 0xb61ffc5b 48
lgamma 0x6e97c646 40
log 0xa1d1fe48 40
log10 0xa1d1fe48 40
log1p 0xa1d1fe48 40
modf 0x6e97c646 40
nextafter 0xf293f6cf 48
norm1 0x1629207e 40 0080
norm2 0x1629207e 40 0080
pow 0xf293f6cf 48
pow10 0x40a58596 40
realbits32 0x7b2e5f52 40
realbits64 0x9589d476 40
remainder 0xf293f6cf 48
rint 0xa1d1fe48 40
scalbn 0x64fa84ba 48
sin 0xa1d1fe48 40
sinh 0xa1d1fe48 40
sort 0xfc7c7b8 40 00c0
sqrt 0xa1d1fe48 40
tan 0xa1d1fe48 40
tanh 0xa1d1fe48 40
y0 0xa1d1fe48 40
y1 0xa1d1fe48 40
yn 0xb61ffc5b 48
`;
