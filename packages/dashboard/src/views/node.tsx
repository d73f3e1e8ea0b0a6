/** One node: what it is, what it does now, its name space, its log, and what an operator may do to it. */
import type { ComponentChildren, VNode } from 'preact';
import { states } from '../api/live.ts';
import { roster } from '../api/nodes.ts';
import { type Decisions, NODE_STATES, type NodeDetail } from '../api/types.ts';
import { bytes, clock, count, duration, integer } from '../format.ts';
import { hrefOf } from '../router.ts';
import { command } from '../ui/confirm.tsx';
import { Panel } from '../ui/panel.tsx';
import { Scrolling } from '../ui/scrolling.tsx';
import { usePoll } from '../ui/use-poll.ts';

export function NodeDetails({ id }: { readonly id: string }): VNode {
  const polled = usePoll<NodeDetail>(`/api/v1/nodes/${encodeURIComponent(id)}`, 2000);
  const { data, error, missing } = polled.value;
  const place = roster.value.place.get(id);
  // The field's own byte is newer than what was fetched.
  const state = place === undefined ? data?.state : NODE_STATES[(states.value[place] ?? 0) & 7];
  return (
    <aside class="detail" aria-label={`Node ${id}`}>
      <Panel
        title={id}
        aside={
          <a class="close" href={hrefOf('nodes')} aria-label={`Close ${id}`}>
            ×
          </a>
        }
      >
        {data === undefined ? (
          <p class={error === undefined ? 'dim' : 'bad'} role="status">
            {missing ? `There is no ${id} (any more).` : (error ?? 'Reading…')}
          </p>
        ) : (
          <>
            <Facts node={data} state={state ?? data.state} />
            <Actions id={id} state={state ?? data.state} />
            <Now node={data} />
            <Lately id={id} />
            <Text title="status" text={data.status} />
            <Text title="namespace" text={data.namespace} />
            <Log log={data.log} />
            <p>
              <a href={hrefOf('files', id)}>/n/llambo/{id}</a>
            </p>
          </>
        )}
      </Panel>
    </aside>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }): VNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Facts({ node, state }: { readonly node: NodeDetail; readonly state: string }): VNode {
  return (
    <dl class="facts">
      <Fact name="State">
        <span class={`state ${state}`}>{state}</span>
      </Fact>
      <Fact name="Class">{node.class}</Fact>
      <Fact name="Model">{node.model}</Fact>
      {node.host === null ? null : (
        <Fact name="Host">
          <a href={hrefOf('hosts')}>{node.host}</a>
        </Fact>
      )}
      <Fact name="Load">
        {node.load} of {node.capacity}
      </Fact>
      <Fact name="Speed">{node.speed === 0 ? '-' : `${count(node.speed)} tok/s`}</Fact>
      <Fact name="Requests">{integer(node.requests)}</Fact>
      <Fact name="Tokens">{integer(node.tokens)}</Fact>
      <Fact name="Failures">{integer(node.failures)}</Fact>
      {node.memory === undefined ? null : <Fact name="Memory">{bytes(node.memory)}</Fact>}
      {node.cpu === undefined ? null : <Fact name="CPU">{node.cpu}</Fact>}
      {node.contextSize === undefined ? null : <Fact name="Context">{integer(node.contextSize)} tokens</Fact>}
    </dl>
  );
}

function Actions({ id, state }: { readonly id: string; readonly state: string }): VNode {
  return (
    <p class="buttons near">
      {state === 'draining' ? (
        <button type="button" onClick={() => command(`resume ${id}`, `Let ${id} take work again?`)}>
          Resume
        </button>
      ) : (
        <button
          type="button"
          onClick={() => command(`drain ${id}`, `Give ${id} no more work? What it has, it finishes.`)}
        >
          Drain
        </button>
      )}
      <button
        type="button"
        class="danger"
        onClick={() => command(`kill ${id}`, `End ${id} at once? Its answers go on at other nodes.`, true)}
      >
        Kill
      </button>
    </p>
  );
}

function Now({ node }: { readonly node: NodeDetail }): VNode | null {
  const { current } = node;
  if (current === undefined) return null;
  return (
    <section>
      <h3>Now</h3>
      {current.length === 0 ? (
        <p class="dim">No request.</p>
      ) : (
        <ul class="plain">
          {current.map(({ id, sinceMs, tokens }) => (
            <li key={id}>
              <code>{id}</code>
              {sinceMs === undefined ? null : ` for ${duration(sinceMs / 1000)}`}
              {tokens === undefined ? null : `, ${integer(tokens)} tokens`}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** Requests that the balancer sent here, as far back as it keeps its decisions. */
function Lately({ id }: { readonly id: string }): VNode | null {
  const { data } = usePoll<Decisions>('/api/v1/decisions', 2000).value;
  const mine = (data?.balancer ?? []).filter(({ node }) => node === id).sort((a, b) => b.at - a.at);
  if (mine.length === 0) return null;
  return (
    <section>
      <h3>newest requests</h3>
      <ul class="plain">
        {mine.slice(0, 5).map(({ at, request, load, attempt }) => (
          <li key={`${at} ${request}`}>
            <time>{clock(at)}</time> <code>{request}</code>
            <span class="dim">
              {load > 0 ? `, beside ${load}` : ''}
              {attempt > 1 ? `, attempt ${attempt}` : ''}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Text({ title, text }: { readonly title: string; readonly text: string | undefined }): VNode | null {
  if (text === undefined || text === '') return null;
  return (
    <section>
      <h3>{title}</h3>
      <Scrolling label={title} class="file">
        {text}
      </Scrolling>
    </section>
  );
}

function Log({ log }: { readonly log: NodeDetail['log'] }): VNode | null {
  if (log === undefined || log.length === 0) return null;
  const text =
    typeof log === 'string'
      ? log
      : log.map((line) => (typeof line === 'string' ? line : `${clock(line.at)} ${line.text}`)).join('\n');
  return <Text title="log" text={text} />;
}
