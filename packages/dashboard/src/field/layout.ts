/** Where each node's cell is: groups one below the other, cells as large as the room allows, in the order of the list. */

export interface Group {
  readonly name: string;
  /** Places in the list of nodes. */
  readonly members: readonly number[];
}

export interface Block {
  readonly name: string;
  readonly count: number;
  /** Place of its first cell in `order`. */
  readonly first: number;
  /** Top of its cells; the label stands above. */
  readonly top: number;
}

export interface Layout {
  /** Edge of a cell with the gap behind it, and the gap, in device pixels. */
  readonly pitch: number;
  readonly gap: number;
  readonly columns: number;
  readonly blocks: readonly Block[];
  /** By place in the list of nodes: left and top of the cell. */
  readonly x: Int32Array;
  readonly y: Int32Array;
  /** Places in the list, in the order in which cells are drawn: what the arrow keys walk. */
  readonly order: Int32Array;
  readonly height: number;
}

/** Device pixels from one block to the next. */
const between = (label: number): number => Math.round(label * 0.6);

const rowsOf = (groups: readonly Group[], columns: number): number =>
  groups.reduce((sum, { members }) => sum + Math.ceil(members.length / columns), 0);

/**
 * @param width device pixels; `height` likewise: what the cells fill at most, unless they would be smaller than `least`
 * @param label height of a group's label
 */
export function layOut(
  groups: readonly Group[],
  size: {
    readonly width: number;
    readonly height: number;
    readonly label: number;
    readonly most: number;
    readonly least: number;
  },
): Layout {
  const { width, height, label, most, least } = size;
  const total = groups.reduce((sum, { members }) => sum + members.length, 0);
  const labels = groups.length * label + Math.max(0, groups.length - 1) * between(label);
  const room = Math.max(least, height - labels);
  let pitch = least;
  for (let p = most; p > least; p--) {
    if (rowsOf(groups, Math.max(1, Math.floor(width / p))) * p <= room) {
      pitch = p;
      break;
    }
  }
  const columns = Math.max(1, Math.floor(width / pitch));
  const gap = pitch >= 24 ? 3 : pitch >= 12 ? 2 : pitch >= 4 ? 1 : 0;
  const places = groups.reduce((max, { members }) => members.reduce((m, i) => Math.max(m, i + 1), max), 0);
  const x = new Int32Array(places);
  const y = new Int32Array(places);
  const order = new Int32Array(total);
  const blocks: Block[] = [];
  let at = 0;
  let top = 0;
  for (const { name, members } of groups) {
    top += label;
    blocks.push({ name, count: members.length, first: at, top });
    members.forEach((place, i) => {
      x[place] = (i % columns) * pitch;
      y[place] = top + Math.floor(i / columns) * pitch;
      order[at++] = place;
    });
    top += Math.ceil(members.length / columns) * pitch + between(label);
  }
  return { pitch, gap, columns, blocks, x, y, order, height: Math.max(1, top - between(label)) };
}

/** The node whose cell is at a point, in device pixels. */
export function cellAt(layout: Layout, px: number, py: number): number | undefined {
  const { blocks, columns, pitch, order } = layout;
  const column = Math.floor(px / pitch);
  if (column < 0 || column >= columns) return undefined;
  for (const { top, first, count } of blocks) {
    const row = Math.floor((py - top) / pitch);
    if (row < 0) continue;
    const i = row * columns + column;
    if (i < count) return order[first + i];
  }
  return undefined;
}

/** Where an arrow key leads from the cell at `at` of `order`. */
export function step(layout: Layout, at: number, key: string): number {
  const { blocks, columns, order } = layout;
  const last = order.length - 1;
  const inside = (i: number): number => Math.min(last, Math.max(0, i));
  if (key === 'ArrowLeft') return inside(at - 1);
  if (key === 'ArrowRight') return inside(at + 1);
  if (key === 'Home') return 0;
  if (key === 'End') return last;
  const b = blocks.findIndex(({ first, count }) => at >= first && at < first + count);
  const block = blocks[b];
  if (block === undefined) return inside(at);
  const within = at - block.first;
  const column = within % columns;
  if (key === 'ArrowDown') {
    if (within + columns < block.count) return at + columns;
    // The last row may be short.
    const lastRow = Math.floor((block.count - 1) / columns);
    if (Math.floor(within / columns) < lastRow) return block.first + block.count - 1;
    const next = blocks.slice(b + 1).find(({ count }) => count > 0);
    return next === undefined ? at : next.first + Math.min(column, next.count - 1);
  }
  if (key === 'ArrowUp') {
    if (within - columns >= 0) return at - columns;
    const previous = blocks.slice(0, b).findLast(({ count }) => count > 0);
    if (previous === undefined) return at;
    const lastRow = Math.floor((previous.count - 1) / columns);
    return previous.first + Math.min(lastRow * columns + column, previous.count - 1);
  }
  return inside(at);
}
