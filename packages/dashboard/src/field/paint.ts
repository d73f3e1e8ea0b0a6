/** Draws cells: the state by form and colour, the load of a busy node by how strong its colour is. */
import { cssColour } from '../theme.ts';
import type { Layout } from './layout.ts';

/** Steps of load that a busy node shows. */
const HEATS = 5;
const IDLE = 0;
const BUSY = 1;
/** Kinds of cell: idle, five heats, then one each for error, draining, starting, suspect; later states look suspect. */
const KINDS = 1 + HEATS + 4;
const UNDRAWN = 255;

export type ColourBy = 'state' | 'load';

export interface Palette {
  readonly fills: readonly string[];
  readonly panel: string;
  readonly ink: string;
  readonly label: string;
}

export function readPalette(): Palette {
  const heats = Array.from({ length: HEATS }, (_, i) => cssColour(`--heat-${i + 1}`));
  const others = ['error', 'draining', 'starting', 'suspect'].map((name) => cssColour(`--state-${name}`));
  return {
    fills: [cssColour('--state-idle'), ...heats, ...others],
    panel: cssColour('--panel'),
    ink: cssColour('--ink'),
    label: cssColour('--dim'),
  };
}

export function kindOf(byte: number, by: ColourBy): number {
  const state = byte & 7;
  const load = byte >> 3;
  if (state > BUSY) return Math.min(KINDS - 1, HEATS - 1 + state);
  if (by === 'state' && state === IDLE) return IDLE;
  if (load === 0) return state === BUSY ? 1 : IDLE;
  return Math.min(HEATS, 1 + Math.floor((load / 32) * HEATS));
}

export class Painter {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  /** Kind of each cell as it is on the canvas. */
  #drawn = new Uint8Array(0);
  #layout: Layout | undefined;

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
    this.#context = canvas.getContext('2d', { alpha: false }) as CanvasRenderingContext2D;
  }

  /** Starts from a clean canvas: the next `paint` draws every cell. */
  begin(
    layout: Layout,
    palette: Palette,
    labels: { readonly height: number; readonly text: (name: string, count: number) => string },
  ): void {
    this.#layout = layout;
    const { width, height } = this.#canvas;
    const context = this.#context;
    context.fillStyle = palette.panel;
    context.fillRect(0, 0, width, height);
    if (labels.height > 0) {
      context.fillStyle = palette.label;
      context.textBaseline = 'alphabetic';
      context.font = `${Math.round(labels.height * 0.58)}px ${getComputedStyle(this.#canvas).fontFamily}`;
      for (const { name, count, top } of layout.blocks)
        context.fillText(labels.text(name, count), 0, top - Math.round(labels.height * 0.34));
    }
    this.#drawn = new Uint8Array(layout.x.length).fill(UNDRAWN);
  }

  /** Draws the cells that changed, colour by colour, since changing the colour is what costs. */
  paint(bytes: Uint8Array, palette: Palette, by: ColourBy): number {
    const layout = this.#layout;
    if (layout === undefined) return 0;
    const drawn = this.#drawn;
    const changed: number[][] = Array.from({ length: KINDS }, () => []);
    let n = 0;
    for (const place of layout.order) {
      const kind = kindOf(bytes[place] ?? 0, by);
      if (drawn[place] === kind) continue;
      drawn[place] = kind;
      changed[kind]!.push(place);
      n++;
    }
    for (let kind = 0; kind < KINDS; kind++) this.#paintKind(kind, changed[kind]!, layout, palette);
    return n;
  }

  #paintKind(kind: number, places: readonly number[], layout: Layout, palette: Palette): void {
    if (places.length === 0) return;
    const { x, y, pitch, gap } = layout;
    const context = this.#context;
    const edge = Math.max(1, pitch - gap);
    context.fillStyle = palette.panel;
    if (edge >= 10) for (const p of places) context.fillRect(x[p]!, y[p]!, edge, edge);
    context.fillStyle = palette.fills[kind] as string;
    const form = kind <= HEATS ? 'full' : (['cross', 'hollow', 'dot', 'half'] as const)[kind - HEATS - 1];
    if (edge < 6 || form === 'full') {
      if (edge >= 14) this.#rounded(places, x, y, edge);
      else for (const p of places) context.fillRect(x[p]!, y[p]!, edge, edge);
      return;
    }
    const line = Math.max(1, Math.round(edge / 6));
    for (const p of places) {
      const left = x[p]!;
      const top = y[p]!;
      context.fillRect(left, top, edge, edge);
      if (form === 'cross') continue;
      context.fillStyle = palette.panel;
      if (form === 'hollow') context.fillRect(left + line, top + line, edge - 2 * line, edge - 2 * line);
      else if (form === 'half')
        context.fillRect(left + line, top + line, edge - 2 * line, Math.floor(edge / 2) - line);
      else {
        context.fillRect(left, top, edge, edge);
        context.fillStyle = palette.fills[kind] as string;
        const inset = Math.round(edge / 3.4);
        context.fillRect(left + inset, top + inset, edge - 2 * inset, edge - 2 * inset);
      }
      context.fillStyle = palette.fills[kind] as string;
    }
    if (form === 'cross' && edge >= 10) this.#crosses(places, x, y, edge, palette);
  }

  #rounded(places: readonly number[], x: Int32Array, y: Int32Array, edge: number): void {
    const context = this.#context;
    const radius = Math.min(4, Math.round(edge / 8));
    context.beginPath();
    for (const p of places) context.roundRect(x[p]!, y[p]!, edge, edge, radius);
    context.fill();
  }

  #crosses(places: readonly number[], x: Int32Array, y: Int32Array, edge: number, palette: Palette): void {
    const context = this.#context;
    const inset = Math.round(edge * 0.28);
    context.strokeStyle = palette.panel;
    context.lineWidth = Math.max(1, Math.round(edge / 9));
    context.beginPath();
    for (const p of places) {
      const left = x[p]! + inset;
      const top = y[p]! + inset;
      const side = edge - 2 * inset;
      context.moveTo(left, top);
      context.lineTo(left + side, top + side);
      context.moveTo(left + side, top);
      context.lineTo(left, top + side);
    }
    context.stroke();
  }
}
