implement Daytime;

# daytime(2).  Days are counted from 1970; a year that begins in March has its leap day last.

include "sys.m";
	sys: Sys;
include "daytime.m";

Day: con 24*60*60;

days := array[] of {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
months := array[] of {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

# the zone that /locale/timezone or $timezone describes: a name and offset, another and when it holds
Zone: adt {
	name:	string;
	off:	int;
	altname:	string;
	altoff:	int;
	spans:	array of int;
};
zone: ref Zone;

load0()
{
	if(sys == nil)
		sys = load Sys Sys->PATH;
}

now(): int
{
	load0();
	fd := sys->open("/dev/time", Sys->OREAD);
	if(fd == nil)
		return 0;
	buf := array[64] of byte;
	n := sys->read(fd, buf, len buf);
	if(n <= 0)
		return 0;
	return int (big string buf[0:n] / big 1000000);	# microseconds
}

time(): string
{
	return text(local(now()));
}

text(tm: ref Tm): string
{
	load0();
	if(tm == nil)
		return nil;
	return sys->sprint("%s %s %.2d %.2d:%.2d:%.2d %s %d",
		days[tm.wday], months[tm.mon], tm.mday, tm.hour, tm.min, tm.sec, tm.zone, tm.year+1900);
}

filet(now, file: int): string
{
	load0();
	t := local(file);
	if(now - file >= 6*30*Day)
		return sys->sprint("%s %.2d  %d", months[t.mon], t.mday, t.year+1900);
	return sys->sprint("%s %.2d %.2d:%.2d", months[t.mon], t.mday, t.hour, t.min);
}

gmt(tim: int): ref Tm
{
	return mk(tim, "GMT", 0);
}

local(tim: int): ref Tm
{
	if(zone == nil)
		zone = readzone();
	z := zone;
	t := tim + z.off;		# the spans are in the first zone's time
	for(i := 0; i+1 < len z.spans; i += 2)
		if(t >= z.spans[i] && t < z.spans[i+1])
			return mk(tim, z.altname, z.altoff);
	return mk(tim, z.name, z.off);
}

readzone(): ref Zone
{
	load0();
	z := ref Zone("GMT", 0, nil, 0, nil);
	s := contents("/env/timezone");
	if(s == nil)
		s = contents("/locale/timezone");
	(n, l) := sys->tokenize(s, " \t\n\r");
	if(n < 2)
		return z;
	z.name = hd l;
	z.off = int hd tl l;
	if(n < 4)
		return z;
	l = tl tl l;
	z.altname = hd l;
	z.altoff = int hd tl l;
	z.spans = array[n-4] of int;
	l = tl tl l;
	for(i := 0; l != nil; l = tl l)
		z.spans[i++] = int hd l;
	return z;
}

contents(file: string): string
{
	fd := sys->open(file, Sys->OREAD);
	if(fd == nil)
		return nil;
	buf := array[8192] of byte;
	n := sys->readn(fd, buf, len buf);
	if(n <= 0)
		return nil;
	return string buf[0:n];
}

floordiv(a, b: int): int
{
	q := a/b;
	if(a%b < 0)
		q--;
	return q;
}

leap(y: int): int
{
	return y%4 == 0 && (y%100 != 0 || y%400 == 0);
}

# days from 1970 to the first of a month (March is 0) of a year that begins in March
tomarch(y, m: int): int
{
	return 365*y + floordiv(y, 4) - floordiv(y, 100) + floordiv(y, 400) + (153*m+2)/5 - 719468;
}

mk(tim: int, name: string, off: int): ref Tm
{
	# a sum may leave the range of int: add days and seconds apart
	day := floordiv(tim, Day);
	sec := tim - day*Day + off;
	day += floordiv(sec, Day);
	sec -= floordiv(sec, Day)*Day;

	y := 1970 + floordiv(day, 366) - 1;
	while(tomarch(y+1, 0) <= day)
		y++;
	d := day - tomarch(y, 0);
	m := (5*d+2)/153;
	mday := d - (153*m+2)/5 + 1;
	if(m >= 10)
		y++;
	mon := (m+2)%12;
	yday := day - tomarch(y-1, 10);
	return ref Tm(sec%60, sec/60%60, sec/3600, mday, mon, y-1900, (day%7+11)%7, yday, name, off);
}

tm2epoch(tm: ref Tm): int
{
	y := tm.year + 1900;
	m := tm.mon - 2;
	if(m < 0){
		m += 12;
		y--;
	}
	day := tomarch(y, m) + tm.mday - 1;
	return ((day*24 + tm.hour)*60 + tm.min)*60 + tm.sec - tm.tzoff;
}

# the three forms of a date, as words: day of the week, then
#	6 Nov 1994 8:49:37 [zone]		06-Nov-94 08:49:37 [zone]		Nov 6 08:49:37 [zone] 1994
string2tm(date: string): ref Tm
{
	load0();
	(n, l) := sys->tokenize(date, " ,-\t");
	if(n < 4)
		return nil;
	w := array[n] of string;
	for(i := 0; l != nil; l = tl l)
		w[i++] = hd l;
	mday, mon, year: int;
	clock, where: string;
	if(number(w[1]) >= 0){
		mday = number(w[1]);
		mon = month(w[2]);
		year = number(w[3]);
		if(n > 4)
			clock = w[4];
		if(n > 5)
			where = w[5];
	}else{
		mon = month(w[1]);
		mday = number(w[2]);
		clock = w[3];
		year = number(w[n-1]);
		if(n > 5)
			where = w[4];
	}
	if(mon < 0 || mday < 1 || mday > 31 || year < 0)
		return nil;
	if(year < 70)
		year += 2000;
	else if(year < 100)
		year += 1900;
	if(weekday(w[0]) < 0)
		return nil;
	(hour, min, sec) := hms(clock);
	if(hour < 0)
		return nil;
	off := 0;
	if(where == nil)
		where = "GMT";
	else{
		if(zone == nil)
			zone = readzone();
		if(where == zone.name)
			off = zone.off;
		else if(where == zone.altname)
			off = zone.altoff;
	}
	tm := ref Tm(sec, min, hour, mday, mon, year-1900, 0, 0, where, off);
	return mk(tm2epoch(tm), where, off);
}

number(s: string): int
{
	if(s == nil)
		return -1;
	for(i := 0; i < len s; i++)
		if(s[i] < '0' || s[i] > '9')
			return -1;
	return int s;
}

hms(s: string): (int, int, int)
{
	(n, l) := sys->tokenize(s, ":");
	if(n == 0)
		return (0, 0, 0);
	if(n < 2 || n > 3)
		return (-1, 0, 0);
	h := number(hd l);
	m := number(hd tl l);
	x := 0;
	if(n == 3)
		x = number(hd tl tl l);
	if(h < 0 || h > 23 || m < 0 || m > 59 || x < 0 || x > 60)
		return (-1, 0, 0);
	return (h, m, x);
}

month(s: string): int
{
	return lookup(months, s);
}

weekday(s: string): int
{
	return lookup(days, s);
}

# by its first three letters
lookup(a: array of string, s: string): int
{
	if(len s < 3)
		return -1;
	for(i := 0; i < len a; i++)
		if(a[i] == s[0:3])
			return i;
	return -1;
}
