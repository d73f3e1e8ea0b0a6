/** All nodes as a field and as a list; one node beside them. */
import { type Signal, useComputed, useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { states } from '../api/live.ts';
import { roster, rosterError } from '../api/nodes.ts';
import { NODE_STATES, type NodeSummary } from '../api/types.ts';
import { Field, type GroupBy } from '../field/field.tsx';
import type { ColourBy } from '../field/paint.ts';
import { count, integer } from '../format.ts';
import { hrefOf, route } from '../router.ts';
import { Panel } from '../ui/panel.tsx';
import { Select } from '../ui/select.tsx';
import { NodeDetails } from './node.tsx';
import { Legend } from './overview.tsx';

const GROUPS: readonly GroupBy[] = ['class', 'host', 'model'];
const COLOURS: readonly ColourBy[] = ['state', 'load'];
/** Rows that the list shows at once; the rest is found by the filter. */
const ROWS = 100;

export function Nodes(): VNode {
  const groupBy = useSignal<GroupBy>('class');
  const colourBy = useSignal<ColourBy>('state');
  const id = route.value[1];
  return (
    <div class={id === undefined ? 'split' : 'split open'}>
      <div>
        <Panel
          title="Nodes"
          aside={
            <>
              <Select label="Group by" of={groupBy} options={GROUPS} />
              <Select label="Colour by" of={colourBy} options={COLOURS} />
            </>
          }
        >
          <Legend />
          <Field height={420} groupBy={groupBy.value} colourBy={colourBy.value} marked={id} />
        </Panel>
        <List marked={id} />
      </div>
      {id === undefined ? null : <NodeDetails key={id} id={id} />}
    </div>
  );
}

function List({ marked }: { readonly marked: string | undefined }): VNode {
  const filter = useSignal('');
  const found = useComputed(() => select(roster.value.nodes, filter.value));
  const shown = found.value.slice(0, ROWS);
  return (
    <Panel title="List" class="list" aside={<Filter of={filter} />}>
      <p class="dim small" role="status">
        {rosterError.value !== undefined
          ? rosterError.value
          : `${integer(found.value.length)} of ${integer(roster.value.nodes.length)} nodes${found.value.length > ROWS ? `, the first ${ROWS} shown` : ''}`}
      </p>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">Node</th>
              <th scope="col">Class</th>
              <th scope="col">State</th>
              <th scope="col" class="number">
                Load
              </th>
              <th scope="col" class="number">
                tok/s
              </th>
              <th scope="col" class="number">
                Requests
              </th>
              <th scope="col" class="number">
                Failures
              </th>
              <th scope="col">Host</th>
              <th scope="col">Model</th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ node, place }) => (
              <Row key={node.id} node={node} place={place} marked={node.id === marked} />
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

function Filter({ of }: { readonly of: Signal<string> }): VNode {
  return (
    <label class="inline">
      <span>Filter</span>
      <input
        type="search"
        placeholder="worker-0742, tiny, error, host…"
        value={of.value}
        onInput={(event) => {
          of.value = event.currentTarget.value;
        }}
      />
    </label>
  );
}

interface Found {
  readonly node: NodeSummary;
  readonly place: number;
}

const stateAt = (place: number): string => NODE_STATES[(states.value[place] ?? 0) & 7] ?? 'idle';

/** Every word must be in the node's id, or be its class, model, host or state. */
function select(nodes: readonly NodeSummary[], filter: string): Found[] {
  const words = filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const found: Found[] = [];
  nodes.forEach((node, place) => {
    const fits = words.every(
      (word) =>
        node.id.includes(word) ||
        node.class === word ||
        (node.host ?? '').includes(word) ||
        node.model.includes(word) ||
        stateAt(place) === word,
    );
    if (fits) found.push({ node, place });
  });
  return found;
}

function Row({ node, place, marked }: Found & { readonly marked: boolean }): VNode {
  const byte = states.value[place] ?? 0;
  const state = NODE_STATES[byte & 7] ?? 'idle';
  return (
    <tr class={marked ? 'marked' : undefined}>
      <th scope="row">
        <a href={hrefOf('nodes', node.id)}>{node.id}</a>
      </th>
      <td>{node.class}</td>
      <td>
        <span class={`state ${state}`}>{state}</span>
      </td>
      <td class="number">
        {Math.round(((byte >> 3) / 31) * node.capacity)}/{node.capacity}
      </td>
      <td class="number">{node.speed === 0 ? '-' : count(node.speed)}</td>
      <td class="number">{integer(node.requests)}</td>
      <td class="number">{integer(node.failures)}</td>
      <td>{node.host ?? '-'}</td>
      <td>{node.model}</td>
    </tr>
  );
}
