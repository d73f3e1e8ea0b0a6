implement Real;

# real arithmetic, comparison and printing

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";
include "math.m";
	math: Math;

Real: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

Half: con 0.5;
Tenth: con 1.0/10.0;
g: real = 2.5;
tab := array[] of {1.0, 2.5e3, -1e-3, .5, 1., 0.};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	math = load Math Math->PATH;
	a := 10.0;
	b := 4.0;
	print("%g %g %g %g\n", a+b, a-b, a*b, a/b);
	print("%g %g %g\n", -a, +a, a**3);
	print("%g %g %g\n", 2.0**-3, 2.0**0, (-2.0)**3);
	print("%d %d %d %d %d %d\n", a<b, a>b, a<=b, a>=b, a==b, a!=b);
	print("%d %d %d %d\n", int 2.5, int 3.5, int -2.5, int 2.49);
	print("%bd %bd %bd\n", big 1e15, big -1e15, big 0.5);
	print("%g %g %g\n", real 3, real (big 1<<3), real byte 255);
	print("%g %g\n", real "3.25xyz", real " -1e3");
	print("%s %s %s %s\n", string 3.0, string 0.5, string 1e100, string -2.75);
	for(i := 0; i < len tab; i++)
		print("%g %.3f %e | ", tab[i], tab[i], tab[i]);
	print("\n");
	print("%6.2f|%-8.1f|%08.3f|%.0f\n", 3.14159, 2.55, 1.5, 2.5);
	print("%g %g %g\n", Half, Tenth, g);
	a++; print("%g ", a);
	--a; print("%g ", a--);
	a += 1.5; print("%g ", a);
	a -= .25; print("%g ", a);
	a *= 2.0; print("%g ", a);
	a /= 4.0; print("%g\n", a);
	print("%g %g %g\n", math->sqrt(2.0), math->floor(-1.5), math->pow(2.0, 10.0));
	print("%.10f %.10f\n", Math->Pi, math->sin(Math->Pi/6.0));
	s := 0.0;
	for(i = 1; i <= 10; i++)
		s += 1.0/real i;
	print("%.12g\n", s);
	# comparisons of a NaN are invalid operations, which trap unless masked
	math->FPcontrol(0, Math->INVAL);
	nan := Math->NaN;
	inf := Math->Infinity;
	print("%d %d %d\n", nan == nan, nan != nan, inf > 1e308);
	print("%d %d\n", math->isnan(nan), math->finite(inf));
	print("%d %d %d %d\n", nan < 1.0, nan > 1.0, nan <= 1.0, nan >= 1.0);
	x := newton(2.0, 1.0);
	print("%.15f\n", x);
	(n, f) := math->modf(3.75);
	print("%d %g\n", n, f);
	print("%d\n", !int 0.2);
	if(a != 0.0 && b > 0.0)
		print("both\n");
}

newton(n, x: real): real
{
	for(;;){
		y := (x + n/x)/2.0;
		d := y-x;
		if(d < 0.0)
			d = -d;
		if(d < 1e-14)
			return y;
		x = y;
	}
}
