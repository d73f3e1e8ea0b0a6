implement Lock;

# lock(2): a buffered channel of one place

include "sys.m";
include "lock.m";

init()
{
}

Semaphore.new(): ref Semaphore
{
	return ref Semaphore(chan[1] of int);
}

Semaphore.obtain(s: self ref Semaphore)
{
	s.c <-= 0;
}

Semaphore.release(s: self ref Semaphore)
{
	<-s.c;
}
