/** What happened, what the autoscaler decided and why, and where the balancer sent the newest requests. */
import { useComputed, useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { events } from '../api/live.ts';
import type { Decisions } from '../api/types.ts';
import { clock, integer, sentence } from '../format.ts';
import { hrefOf, route } from '../router.ts';
import { Panel } from '../ui/panel.tsx';
import { usePoll } from '../ui/use-poll.ts';
import { Words } from '../ui/words.tsx';

const PARTS = ['events', 'scaling', 'routing'] as const;

export function Activity(): VNode {
  const part = PARTS.find((each) => each === route.value[1]) ?? 'events';
  return (
    <>
      <nav class="tabs" aria-label="Kinds of activity">
        {PARTS.map((each) => (
          <a key={each} href={hrefOf('activity', each)} aria-current={each === part ? 'page' : undefined}>
            {sentence(each)}
          </a>
        ))}
      </nav>
      {part === 'events' ? <Events /> : part === 'scaling' ? <Scaling /> : <Routing />}
    </>
  );
}

function Events(): VNode {
  const filter = useSignal('');
  const found = useComputed(() => {
    const word = filter.value.toLowerCase();
    return events.value.filter(({ text }) => text.toLowerCase().includes(word));
  });
  return (
    <Panel
      title="Events"
      aside={
        <label class="inline">
          <span>Filter</span>
          <input
            type="search"
            value={filter.value}
            onInput={(event) => {
              filter.value = event.currentTarget.value;
            }}
          />
        </label>
      }
    >
      {found.value.length === 0 ? (
        <p class="dim">{filter.value === '' ? 'Nothing has happened yet.' : 'No such event.'}</p>
      ) : null}
      <ol class="events" aria-live="off">
        {found.value.map(({ serial, at, text }) => (
          <li key={`${serial} ${at}`}>
            <time>{clock(at)}</time> <Words text={sentence(text)} />
          </li>
        ))}
      </ol>
    </Panel>
  );
}

function useDecisions(): { readonly data: Decisions | undefined; readonly error: string | undefined } {
  return usePoll<Decisions>('/api/v1/decisions', 2000).value;
}

function Scaling(): VNode {
  const { data, error } = useDecisions();
  const decisions = [...(data?.autoscaler ?? [])].sort((a, b) => b.at - a.at);
  return (
    <Panel title="Scaling decisions">
      {error === undefined ? null : <p class="bad">{error}</p>}
      {data !== undefined && decisions.length === 0 ? (
        <p class="dim">The autoscaler has changed nothing yet.</p>
      ) : null}
      <ol class="events decisions">
        {decisions.map(({ at, class: name, from, to, why }, i) => (
          <li key={`${at} ${name} ${i}`}>
            <time>{clock(at)}</time>
            <span class={to > from ? 'up' : to < from ? 'down' : 'dim'}>
              {to === from ? '=' : to > from ? `+${integer(to - from)}` : `−${integer(from - to)}`}
            </span>
            <span>
              {sentence(name)} {integer(from)} → {integer(to)}
            </span>
            <span class="why">{why}</span>
          </li>
        ))}
      </ol>
    </Panel>
  );
}

function Routing(): VNode {
  const { data, error } = useDecisions();
  const decisions = [...(data?.balancer ?? [])].sort((a, b) => b.at - a.at);
  return (
    <Panel title="Where requests went" class="list">
      {error === undefined ? null : <p class="bad">{error}</p>}
      {data !== undefined && decisions.length === 0 ? <p class="dim">No request yet.</p> : null}
      {decisions.length === 0 ? null : <Table decisions={decisions} />}
    </Panel>
  );
}

function Table({ decisions }: { readonly decisions: Decisions['balancer'] }): VNode {
  return (
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">Time</th>
            <th scope="col">Request</th>
            <th scope="col">Node</th>
            <th scope="col" class="number">
              Load there
            </th>
            <th scope="col">Strategy</th>
            <th scope="col" class="number">
              Attempt
            </th>
            <th scope="col" class="number">
              Among
            </th>
            <th scope="col">Model</th>
          </tr>
        </thead>
        <tbody>
          {decisions.map((each, i) => (
            <tr key={`${each.at} ${each.request} ${i}`}>
              <td>{clock(each.at)}</td>
              <td>
                <code>{each.request}</code>
              </td>
              <td>
                {each.node === undefined || each.node === null ? (
                  <span class="bad">none could take it</span>
                ) : (
                  <a href={hrefOf('nodes', each.node)}>{each.node}</a>
                )}
              </td>
              <td class="number">{each.load}</td>
              <td>{each.strategy}</td>
              <td class="number">{each.attempt}</td>
              <td class="number">{integer(each.nodes)}</td>
              <td>{each.model}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
