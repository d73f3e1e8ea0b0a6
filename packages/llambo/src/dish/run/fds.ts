import type { Chan, FdGroup } from '@llambo/namespace';

/** Makes the channel, whose reference is given up, the file `fd`. */
export function put(fds: FdGroup, fd: number, chan: Chan): void {
  const at = fds.add(chan);
  if (at === fd) return;
  fds.dup(at, fd);
  fds.close(at);
}
