/** Time as the controller sees it: the machine's, or a virtual one in tests. */
export interface Clock {
  /** Milliseconds; monotonic. */
  now(): number;
  /** Milliseconds since 1970, for what people read. */
  wall(): number;
  /** Milliseconds since midnight where the machine stands, for `schedule`. */
  timeOfDay(): number;
  /** Calls once, after so many milliseconds; the function that it gives calls it off. */
  after(ms: number, call: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  timeOfDay: () => {
    const date = new Date();
    return date.getTime() - new Date(date).setHours(0, 0, 0, 0);
  },
  after: (ms, call) => {
    const timer = setTimeout(call, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
