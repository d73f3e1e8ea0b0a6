# Dates and times: daytime(2).

Daytime: module
{
	PATH:	con "/dis/lib/daytime.dis";

	# wday counts from Sunday, yday from the first of January; zone is a name, tzoff seconds east of Greenwich
	Tm: adt {
		sec:	int;
		min:	int;
		hour:	int;
		mday:	int;
		# 0 to 11
		mon:	int;
		# since 1900
		year:	int;
		wday:	int;
		yday:	int;
		zone:	string;
		tzoff:	int;
	};

	# seconds since 1970, and the same as text in local time
	now:	fn(): int;
	time:	fn(): string;

	# "Thu Jan 01 00:00:00 GMT 1970"; filet as ls does: the year in place of the time when older than half a year
	text:	fn(tm: ref Tm): string;
	filet:	fn(now, file: int): string;

	# /locale/timezone decides what local means
	local:	fn(tim: int): ref Tm;
	gmt:	fn(tim: int): ref Tm;

	tm2epoch:	fn(tm: ref Tm): int;
	string2tm:	fn(date: string): ref Tm;
};
