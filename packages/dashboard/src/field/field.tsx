/** The field of nodes: one cell each on a canvas, with a pointer, a keyboard and words for those who see neither. */
import { useComputed, useSignal, useSignalEffect } from '@preact/signals';
import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { states } from '../api/live.ts';
import { type Roster, roster } from '../api/nodes.ts';
import { NODE_STATES } from '../api/types.ts';
import { integer } from '../format.ts';
import { go } from '../router.ts';
import { dark } from '../theme.ts';
import { cellAt, type Group, type Layout, layOut, step } from './layout.ts';
import { type ColourBy, Painter, type Palette, readPalette } from './paint.ts';

export type GroupBy = 'class' | 'host' | 'model';

function groupsOf({ nodes }: Roster, by: GroupBy): Group[] {
  const groups = new Map<string, number[]>();
  nodes.forEach((node, place) => {
    const name = node[by] ?? 'this machine';
    const members = groups.get(name);
    if (members === undefined) groups.set(name, [place]);
    else members.push(place);
  });
  return [...groups].map(([name, members]) => ({ name, members }));
}

export interface FieldProps {
  /** CSS pixels that the field fills; it grows beyond where cells would become too small to hit. */
  readonly height: number;
  readonly groupBy?: GroupBy;
  readonly colourBy?: ColourBy;
  /** A node that is marked. */
  readonly marked?: string;
}

interface Cursor {
  /** Place in the list of nodes. */
  readonly place: number;
  readonly byKey: boolean;
}

export function Field({ height, groupBy = 'class', colourBy = 'state', marked }: FieldProps): VNode {
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const painter = useRef<Painter>(null);
  const layout = useSignal<Layout | undefined>(undefined);
  const palette = useSignal<Palette | undefined>(undefined);
  const width = useSignal(0);
  const cursor = useSignal<Cursor | undefined>(undefined);
  const colour = useSignal(colourBy);
  const grouping = useSignal(groupBy);
  colour.value = colourBy;
  grouping.value = groupBy;
  const room = useSignal(height);
  room.value = height;
  const groups = useComputed(() => groupsOf(roster.value, grouping.value));

  useEffect(() => {
    const element = frame.current as HTMLDivElement;
    const observer = new ResizeObserver(() => {
      width.value = element.clientWidth;
    });
    observer.observe(element);
    width.value = element.clientWidth;
    return () => observer.disconnect();
  }, []);

  // Everything anew: size, groups, theme or the list has changed.
  useSignalEffect(() => {
    const element = canvas.current;
    dark.value;
    if (element === null || width.value === 0) return;
    const ratio = Math.min(3, devicePixelRatio || 1);
    const single = groups.value.length === 1 && groups.value[0]!.members.length > 0;
    const label = single ? 0 : Math.round(20 * ratio);
    const made = layOut(groups.value, {
      width: Math.floor(width.value * ratio),
      height: Math.floor(room.value * ratio),
      label,
      most: Math.round(26 * ratio),
      least: Math.round(4 * ratio),
    });
    element.width = Math.floor(width.value * ratio);
    element.height = Math.max(made.height, Math.round(40 * ratio));
    element.style.height = `${element.height / ratio}px`;
    painter.current ??= new Painter(element);
    const colours = readPalette();
    painter.current.begin(made, colours, {
      height: label,
      text: (name, count) => `${name}  ${integer(count)}`,
    });
    palette.value = colours;
    layout.value = made;
  });

  // Once a second: only what is different now.
  useSignalEffect(() => {
    const bytes = states.value;
    const colours = palette.value;
    if (layout.value === undefined || colours === undefined) return;
    canvas.current!.dataset.drawn = String(painter.current!.paint(bytes, colours, colour.value));
  });

  const point = (event: MouseEvent): void => {
    const made = layout.value;
    const element = canvas.current;
    if (made === undefined || element === null) return;
    const box = element.getBoundingClientRect();
    const ratio = element.width / box.width;
    const place = cellAt(made, (event.clientX - box.left) * ratio, (event.clientY - box.top) * ratio);
    cursor.value = place === undefined ? undefined : { place, byKey: false };
  };

  const open = (): void => {
    const node = cursor.value && roster.value.nodes[cursor.value.place];
    if (node !== undefined) go('nodes', node.id);
  };

  const onKey = (event: KeyboardEvent): void => {
    const made = layout.value;
    if (made === undefined || made.order.length === 0) return;
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      open();
    } else if (event.key === 'Escape') cursor.value = undefined;
    else if (/^(Arrow(Left|Right|Up|Down)|Home|End)$/.test(event.key)) {
      event.preventDefault();
      const at = cursor.value === undefined ? -1 : made.order.indexOf(cursor.value.place);
      const next = at < 0 ? 0 : step(made, at, event.key);
      cursor.value = { place: made.order[next] as number, byKey: true };
    }
  };

  return (
    <div class="field" ref={frame}>
      {/* biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: it has keys of its own */}
      <canvas
        ref={canvas}
        role="application"
        tabIndex={0}
        aria-label="Field of nodes. Arrow keys move from node to node, Enter opens one."
        onMouseMove={point}
        onMouseLeave={() => {
          if (cursor.value?.byKey === false) cursor.value = undefined;
        }}
        onClick={(event) => {
          point(event);
          open();
        }}
        onKeyDown={onKey}
        onBlur={() => {
          cursor.value = undefined;
        }}
      />
      <Marker
        layout={layout.value}
        canvas={canvas.current}
        place={marked === undefined ? undefined : roster.value.place.get(marked)}
        kind="marked"
      />
      <Pointed layout={layout} canvas={canvas} cursor={cursor} />
    </div>
  );
}

/** Left, top and edge of a cell in CSS pixels. */
function boxOf(
  layout: Layout,
  canvas: HTMLCanvasElement,
  place: number,
): { left: number; top: number; edge: number } {
  const ratio = canvas.width / (canvas.clientWidth || 1);
  return {
    left: (layout.x[place] ?? 0) / ratio,
    top: (layout.y[place] ?? 0) / ratio,
    edge: (layout.pitch - layout.gap) / ratio,
  };
}

function Marker(props: {
  readonly layout: Layout | undefined;
  readonly canvas: HTMLCanvasElement | null;
  readonly place: number | undefined;
  readonly kind: string;
}): VNode | null {
  const { layout, canvas, place, kind } = props;
  if (layout === undefined || canvas === null || place === undefined) return null;
  const { left, top, edge } = boxOf(layout, canvas, place);
  const style = {
    left: `${left - 2}px`,
    top: `${top - 2}px`,
    width: `${edge + 4}px`,
    height: `${edge + 4}px`,
  };
  return <div class={`marker ${kind}`} style={style} />;
}

/** The outline and the words at the cell that the pointer or the keyboard is on. */
function Pointed(props: {
  readonly layout: { readonly value: Layout | undefined };
  readonly canvas: { readonly current: HTMLCanvasElement | null };
  readonly cursor: { readonly value: Cursor | undefined };
}): VNode {
  const made = props.layout.value;
  const canvas = props.canvas.current;
  const at = props.cursor.value;
  const node = at === undefined ? undefined : roster.value.nodes[at.place];
  const byte = at === undefined ? 0 : (states.value[at.place] ?? 0);
  const state = NODE_STATES[byte & 7] ?? 'idle';
  const words =
    node === undefined
      ? ''
      : `${node.id}, ${node.class}, ${state}, load ${Math.round(((byte >> 3) / 31) * node.capacity)} of ${node.capacity}`;
  let tip: VNode | null = null;
  if (made !== undefined && canvas !== null && at !== undefined && node !== undefined) {
    const { left, top, edge } = boxOf(made, canvas, at.place);
    const right = left > canvas.clientWidth / 2;
    const style = right
      ? { right: `${canvas.clientWidth - left + 6}px`, top: `${top}px` }
      : { left: `${left + edge + 6}px`, top: `${top}px` };
    tip = (
      <div class="tip" style={style} aria-hidden="true">
        <b>{node.id}</b> <span class={`state ${state}`}>{state}</span>
        <br />
        {node.class} · {node.model}
        <br />
        load {Math.round(((byte >> 3) / 31) * node.capacity)}/{node.capacity}
      </div>
    );
  }
  return (
    <>
      <Marker
        layout={made}
        canvas={canvas}
        place={node === undefined ? undefined : at?.place}
        kind="cursor"
      />
      {tip}
      <p class="unseen" aria-live="polite">
        {at?.byKey === true ? words : ''}
      </p>
    </>
  );
}
