/** The difference of two texts, as diff(1) prints it: `2c2`, `<` and `>` lines. */

/** Steps that the search may take; texts that differ more are told apart as a whole. */
const STEPS = 4_000_000;

export function diffLines(a: string, b: string): string {
  const left = splitLines(a);
  const right = splitLines(b);
  let start = 0;
  while (start < left.length && start < right.length && left[start] === right[start]) start++;
  let end = 0;
  while (
    end < left.length - start &&
    end < right.length - start &&
    left[left.length - 1 - end] === right[right.length - 1 - end]
  )
    end++;
  const pairs = common(left.slice(start, left.length - end), right.slice(start, right.length - end));
  let out = '';
  let x = start;
  let y = start;
  const last: readonly [number, number] = [left.length - end - start, right.length - end - start];
  for (const [px, py] of [...pairs, last]) {
    const toX = start + px;
    const toY = start + py;
    if (toX > x || toY > y) out += hunk(left, right, x, toX, y, toY);
    x = toX + 1;
    y = toY + 1;
  }
  return out;
}

function splitLines(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

function hunk(left: string[], right: string[], x: number, toX: number, y: number, toY: number): string {
  const span = (from: number, to: number): string =>
    to - from <= 1 ? String(from + 1) : `${from + 1},${to}`;
  const [a, b] = [left.slice(x, toX), right.slice(y, toY)];
  const head =
    a.length === 0
      ? `${x}a${span(y, toY)}`
      : b.length === 0
        ? `${span(x, toX)}d${y}`
        : `${span(x, toX)}c${span(y, toY)}`;
  return [
    head,
    ...a.map((line) => `< ${line}`),
    ...(a.length > 0 && b.length > 0 ? ['---'] : []),
    ...b.map((line) => `> ${line}`),
    '',
  ].join('\n');
}

/** Pairs of indices of a longest common subsequence, by the greedy search of Myers. */
function common(a: readonly string[], b: readonly string[]): [number, number][] {
  const n = a.length;
  const m = b.length;
  const furthest = new Map<number, number>([[1, 0]]);
  const trace: Map<number, number>[] = [];
  let steps = 0;
  for (let d = 0; d <= n + m; d++) {
    trace.push(new Map(furthest));
    for (let k = -d; k <= d; k += 2) {
      if (++steps > STEPS) return [];
      const down = k === -d || (k !== d && (furthest.get(k - 1) ?? -1) < (furthest.get(k + 1) ?? -1));
      let x = down ? (furthest.get(k + 1) ?? 0) : (furthest.get(k - 1) ?? 0) + 1;
      let y = x - k;
      while (x < n && y < m && a[x] === b[y]) {
        x++;
        y++;
      }
      furthest.set(k, x);
      if (x >= n && y >= m) return walkBack(trace, n, m);
    }
    if (steps + (d + 1) * trace.length > STEPS) return [];
  }
  return [];
}

function walkBack(trace: readonly Map<number, number>[], n: number, m: number): [number, number][] {
  const pairs: [number, number][] = [];
  let x = n;
  let y = m;
  for (let d = trace.length - 1; d >= 0; d--) {
    const furthest = trace[d] as Map<number, number>;
    const k = x - y;
    const down = k === -d || (k !== d && (furthest.get(k - 1) ?? -1) < (furthest.get(k + 1) ?? -1));
    const fromK = down ? k + 1 : k - 1;
    const fromX = d === 0 ? 0 : (furthest.get(fromK) ?? 0);
    const fromY = d === 0 ? 0 : fromX - fromK;
    while (x > fromX && y > fromY) pairs.push([--x, --y]); // a diagonal is one common line
    x = fromX;
    y = fromY;
  }
  return pairs.reverse();
}
