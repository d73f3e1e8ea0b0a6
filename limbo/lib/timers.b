implement Timers;

# timers(2): one process sleeps, and keeps what is to come in the order of its coming

include "sys.m";
	sys: Sys;
include "timers.m";

minms := 1;
starts, stops: chan of ref Timer;
quit: chan of chan of int;

# dt is the time, by millisec, at which the timer is due
init(gran: int): int
{
	sys = load Sys Sys->PATH;
	minms = gran;
	if(minms < 1)
		minms = 1;
	starts = chan of ref Timer;
	stops = chan of ref Timer;
	quit = chan of chan of int;
	pid := chan of int;
	spawn keeper(pid);
	return <-pid;
}

shutdown()
{
	c := chan of int;
	quit <-= c;
	<-c;
}

Timer.start(msec: int): ref Timer
{
	t := ref Timer(sys->millisec() + msec, chan of int);
	starts <-= t;
	return t;
}

Timer.stop(t: self ref Timer)
{
	stops <-= t;
}

keeper(pid: chan of int)
{
	pid <-= sys->pctl(0, nil);
	due: list of ref Timer;		# by time
	tick := chan of int;
	ticking := 0;
	for(;;){
		if(due != nil && !ticking){
			spawn sleeper(tick, minms);
			ticking = 1;
		}
		alt {
		t := <-starts =>
			due = insert(due, t);
		t := <-stops =>
			due = without(due, t);
		c := <-quit =>
			if(ticking)
				<-tick;
			c <-= 0;
			return;
		<-tick =>
			ticking = 0;
			now := sys->millisec();
			left: list of ref Timer;
			for(l := due; l != nil; l = tl l){
				t := hd l;
				if(t.dt - now > 0)
					left = t :: left;
				else
					alt {
					t.timeout <-= 0 =>
						;
					* =>
						left = t :: left;	# nobody is listening yet
					}
			}
			for(due = nil; left != nil; left = tl left)
				due = hd left :: due;
		}
	}
}

sleeper(tick: chan of int, ms: int)
{
	sys->sleep(ms);
	tick <-= 0;
}

insert(l: list of ref Timer, t: ref Timer): list of ref Timer
{
	before: list of ref Timer;
	for(; l != nil && (hd l).dt - t.dt <= 0; l = tl l)
		before = hd l :: before;
	l = t :: l;
	for(; before != nil; before = tl before)
		l = hd before :: l;
	return l;
}

without(l: list of ref Timer, t: ref Timer): list of ref Timer
{
	r, s: list of ref Timer;
	for(; l != nil; l = tl l)
		if(hd l != t)
			r = hd l :: r;
	for(; r != nil; r = tl r)
		s = hd r :: s;
	return s;
}
