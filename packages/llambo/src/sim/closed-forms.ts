/** Queues that are solved on paper. Service has mean 1; loads are shares of what the servers can do. */

/** Mean time in system of M/M/1, and of M/G/1 with processor sharing whatever the service's distribution. */
export const mm1 = (load: number): number => 1 / (1 - load);

/** D/M/1: 1 / (1 - sigma), where sigma = exp(-(1 - sigma) / load). */
export function dm1(load: number): number {
  let sigma = load;
  for (let i = 0; i < 10_000; i++) sigma = Math.exp(-(1 - sigma) / load);
  return 1 / (1 - sigma);
}

/** The shortest of d queues drawn at random, of infinitely many (Mitzenmacher 1996, Vvedenskaya et al. 1996). */
export function jsq(choices: number, load: number): number {
  let sum = 0;
  for (let i = 1; i < 60; i++) {
    const term = load ** ((choices ** i - choices) / (choices - 1));
    sum += term;
    if (term < 1e-15) break;
  }
  return sum;
}

/** Erlang's C: the share of the customers of M/M/c that wait. */
export function waits(servers: number, load: number): number {
  const offered = servers * load;
  let blocked = 1; // Erlang's B, by its recursion
  for (let n = 1; n <= servers; n++) blocked = (offered * blocked) / (n + offered * blocked);
  return blocked / (1 - load * (1 - blocked));
}

/** Mean wait of M/M/c. */
export const mmcWait = (servers: number, load: number): number =>
  waits(servers, load) / (servers * (1 - load));

/** Share of the customers of M/M/c that wait longer than `time`. */
export const mmcTail = (servers: number, load: number, time: number): number =>
  waits(servers, load) * Math.exp(-servers * (1 - load) * time);
