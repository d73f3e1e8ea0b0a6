implement Matrix;

# arrays of arrays of reals, Gaussian elimination, the life of a glider, a sieve

include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";

Matrix: module
{
	init:	fn(nil: ref Draw->Context, nil: list of string);
};

Mat: adt {
	r, c:	int;
	a:	array of array of real;

	new:	fn(r, c: int): ref Mat;
	mul:	fn(x: self ref Mat, y: ref Mat): ref Mat;
	text:	fn(x: self ref Mat): string;
	t:	fn(x: self ref Mat): ref Mat;
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	m := Mat.new(2, 3);
	for(i := 0; i < 2; i++)
		for(j := 0; j < 3; j++)
			m.a[i][j] = real (i+1) * 0.5 + real j;
	print("%s%s%s", m.text(), m.t().text(), m.mul(m.t()).text());
	x := solve(array[] of {
		array[] of {2.0, 1.0, -1.0, 8.0},
		array[] of {-3.0, -1.0, 2.0, -11.0},
		array[] of {-2.0, 1.0, 2.0, -3.0},
	});
	print("%.3f %.3f %.3f\n", x[0], x[1], x[2]);
	g := array[6] of {
		0 => "..#...",
		1 => "#.#...",
		2 => ".##...",
		* => "......",
	};
	for(i = 0; i < 8; i++)
		g = life(g);
	for(i = 0; i < len g; i++)
		print("%s\n", g[i]);
	s := sieve(100);
	n := 0;
	for(i = 0; i < len s; i++)
		n += int s[i];
	print("%d primes\n", n);
	tri := pascal(8);
	for(i = 0; i < len tri; i++){
		for(j = 0; j < len tri[i]; j++)
			print("%d ", tri[i][j]);
		print("\n");
	}
}

Mat.new(r, c: int): ref Mat
{
	return ref Mat(r, c, array[r] of {* => array[c] of {* => 0.0}});
}

Mat.mul(x: self ref Mat, y: ref Mat): ref Mat
{
	z := Mat.new(x.r, y.c);
	for(i := 0; i < x.r; i++)
		for(j := 0; j < y.c; j++)
			for(k := 0; k < x.c; k++)
				z.a[i][j] += x.a[i][k]*y.a[k][j];
	return z;
}

Mat.t(x: self ref Mat): ref Mat
{
	z := Mat.new(x.c, x.r);
	for(i := 0; i < z.r; i++)
		for(j := 0; j < z.c; j++)
			z.a[i][j] = x.a[j][i];
	return z;
}

Mat.text(x: self ref Mat): string
{
	s := "";
	for(i := 0; i < x.r; i++){
		for(j := 0; j < x.c; j++)
			s += sys->sprint("%6.2f", x.a[i][j]);
		s += "\n";
	}
	return s;
}

solve(a: array of array of real): array of real
{
	n := len a;
	for(i := 0; i < n; i++){
		p := i;
		for(k := i+1; k < n; k++)
			if(abs(a[k][i]) > abs(a[p][i]))
				p = k;
		(a[i], a[p]) = (a[p], a[i]);
		for(k = i+1; k < n; k++){
			f := a[k][i]/a[i][i];
			for(j := i; j <= n; j++)
				a[k][j] -= f*a[i][j];
		}
	}
	x := array[n] of real;
	for(i = n-1; i >= 0; i--){
		x[i] = a[i][n];
		for(j := i+1; j < n; j++)
			x[i] -= a[i][j]*x[j];
		x[i] /= a[i][i];
	}
	return x;
}

abs(x: real): real
{
	if(x < 0.0)
		return -x;
	return x;
}

life(g: array of string): array of string
{
	h := len g;
	w := len g[0];
	n := array[h] of string;
	for(y := 0; y < h; y++)
		for(x := 0; x < w; x++){
			k := 0;
			for(dy := -1; dy <= 1; dy++)
				for(dx := -1; dx <= 1; dx++)
					if((dx || dy) && g[(y+dy+h)%h][(x+dx+w)%w] == '#')
						k++;
			if(k == 3 || k == 2 && g[y][x] == '#')
				n[y][x] = '#';
			else
				n[y][x] = '.';
		}
	return n;
}

sieve(n: int): array of byte
{
	s := array[n] of {0 or 1 => byte 0, * => byte 1};
	for(i := 2; i*i < n; i++)
		if(s[i] != byte 0)
			for(j := i*i; j < n; j += i)
				s[j] = byte 0;
	return s;
}

pascal(n: int): array of array of int
{
	t := array[n] of array of int;
	for(i := 0; i < n; i++){
		t[i] = array[i+1] of {* => 1};
		for(j := 1; j < i; j++)
			t[i][j] = t[i-1][j-1] + t[i-1][j];
	}
	return t;
}
