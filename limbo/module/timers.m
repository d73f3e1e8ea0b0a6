# Time outs as channels: timers(2).

Timers: module
{
	PATH:	con "/dis/lib/timers.dis";

	Sec:	con 1000;

	Timer: adt {
		dt:	int;
		timeout:	chan of int;

		start:	fn(msec: int): ref Timer;
		stop:	fn(t: self ref Timer);
	};

	# init takes the granularity in milliseconds and gives the process that keeps time
	init:	fn(gran: int): int;
	shutdown:	fn();
};
