/** Numbers and times for people. */

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const one = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 });

/** `10,234`; one decimal below 10, where it matters. */
export const count = (n: number): string => (Math.abs(n) < 10 ? one : whole).format(n);

export const integer = (n: number): string => whole.format(n);

/** @param share 0 to 1 */
export const percent = (share: number): string => `${Math.round(share * 100)}%`;

/** `99.98%`, never rounded up to 100 %. */
export function availability(share: number): string {
  if (share >= 1) return '100%';
  return `${(Math.floor(share * 10_000) / 100).toFixed(2)}%`;
}

/** `45 ms`, `1.2 s` */
export function milliseconds(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return '-';
  if (ms >= 10_000) return `${whole.format(ms / 1000)} s`;
  if (ms >= 1000) return `${one.format(ms / 1000)} s`;
  return `${count(ms)} ms`;
}

/** `3d 4h`, `12m 5s` */
export function duration(seconds: number): string {
  const s = Math.floor(seconds);
  const parts: readonly [number, string][] = [
    [Math.floor(s / 86_400), 'd'],
    [Math.floor(s / 3600) % 24, 'h'],
    [Math.floor(s / 60) % 60, 'm'],
    [s % 60, 's'],
  ];
  const first = parts.findIndex(([n]) => n > 0);
  if (first < 0) return '0s';
  return parts
    .slice(first, first + 2)
    .map(([n, unit]) => `${n}${unit}`)
    .join(' ');
}

/** `128 MB`; powers of two, as memory is counted. */
export function bytes(n: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let value = n;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? whole.format(value) : one.format(value)} ${units[unit]}`;
}

const two = (n: number): string => String(n).padStart(2, '0');

/** `12:34:56`, local time. */
export function clock(at: number): string {
  const time = new Date(at);
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}

/** `Spawned 50 tiny nodes`: events are lowercase phrases. The name of a node at the front stays what it is. */
export const sentence = (text: string): string =>
  /^[a-z]+-\d/.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);
