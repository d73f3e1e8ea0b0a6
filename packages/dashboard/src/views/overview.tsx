/** The first screen: the seed's monitoring box, alive. */
import type { ComponentChildren, VNode } from 'preact';
import { events, status } from '../api/live.ts';
import { roster, rosterError } from '../api/nodes.ts';
import { type ClassStatus, type ClusterStatus, NODE_STATES } from '../api/types.ts';
import { Charts } from '../charts/all.tsx';
import { Spark } from '../charts/spark.tsx';
import { Field } from '../field/field.tsx';
import { availability, clock, count, duration, integer, milliseconds, percent, sentence } from '../format.ts';
import { hrefOf } from '../router.ts';
import { Words } from '../ui/words.tsx';

const ACTIVITY = 9;

export function Overview(): VNode {
  const now = status.value;
  return (
    <>
      <section class="box" aria-labelledby="box-title">
        <h2 id="box-title">Llambo cluster monitoring</h2>
        {now === undefined ? <Waiting /> : <Figures now={now} />}
        <div class="columns">
          <div class="left">
            {now === undefined ? null : <Distribution now={now} />}
            <Recent />
          </div>
          <section class="cells" aria-labelledby="cells-title">
            <header>
              <h3 id="cells-title">Nodes</h3>
              <Legend />
            </header>
            <Field height={452} />
            {rosterError.value === undefined || roster.value.nodes.length > 0 ? null : (
              <p class="bad">{rosterError.value}</p>
            )}
          </section>
        </div>
      </section>
      <Charts />
    </>
  );
}

function Waiting(): VNode {
  return (
    <p class="waiting" role="status">
      Waiting for the first word of the cluster…
    </p>
  );
}

const HEALTH = { healthy: '✓ HEALTHY', degraded: '! DEGRADED', down: '✕ DOWN' } as const;

function Figures({ now }: { readonly now: ClusterStatus }): VNode {
  const working = (now.states.idle ?? 0) + (now.states.busy ?? 0);
  const ailing = now.nodes - working;
  return (
    <dl class="figures">
      <Figure
        name="Active nodes"
        detail={ailing > 0 ? `${integer(ailing)} not taking work` : `${integer(now.states.busy ?? 0)} busy`}
      >
        {integer(working)}
        {now.maximum === undefined ? null : <small>/{integer(now.maximum)}</small>}
      </Figure>
      <Figure name="Status" detail={now.waiting > 0 ? `${integer(now.waiting)} waiting` : now.strategy}>
        <span class={`health ${now.health}`}>{HEALTH[now.health]}</span>
      </Figure>
      <Figure name="Throughput" spark={<Spark of="tokensPerSecond" />}>
        {count(now.tokensPerSecond)}
        <small class="unit"> tok/s</small>
      </Figure>
      <Figure name="Latency" note="median time to the first token" spark={<Spark of="p50" />}>
        <Unit text={milliseconds(now.firstTokenMs)} />
      </Figure>
      <Figure name="Utilization" spark={<Spark of="utilisation" most={100} />}>
        {percent(now.utilisation)}
      </Figure>
      {now.availability === undefined ? (
        <Figure name="Uptime" detail="since the start">
          {duration(now.uptimeSeconds)}
        </Figure>
      ) : (
        <Figure name="Uptime" detail={`of ${duration(now.uptimeSeconds)}`}>
          {availability(now.availability)}
        </Figure>
      )}
    </dl>
  );
}

function Unit({ text }: { readonly text: string }): VNode {
  const [value, unit] = text.split(' ');
  return (
    <>
      {value}
      {unit === undefined ? null : <small class="unit"> {unit}</small>}
    </>
  );
}

function Figure(props: {
  readonly name: string;
  readonly children: ComponentChildren;
  readonly detail?: string;
  readonly note?: string;
  readonly spark?: VNode;
}): VNode {
  return (
    <div title={props.note}>
      <dt>{props.name}</dt>
      <dd>
        <span class="value">{props.children}</span>
        {props.detail === undefined ? null : <span class="detail">{props.detail}</span>}
        {props.spark}
      </dd>
    </div>
  );
}

function Distribution({ now }: { readonly now: ClusterStatus }): VNode {
  return (
    <section class="distribution" aria-labelledby="distribution-title">
      <h3 id="distribution-title">Node distribution</h3>
      <ul>
        {now.classes.map((each) => (
          <Bar key={each.name} of={each} total={now.nodes} />
        ))}
      </ul>
    </section>
  );
}

/** As long as the class's share of all nodes; strong as far as it is used. */
function Bar({ of, total }: { readonly of: ClassStatus; readonly total: number }): VNode {
  const share = total === 0 ? 0 : of.nodes / total;
  const used = of.capacity === 0 ? 0 : of.load / of.capacity;
  return (
    <li>
      <span class="name">
        {sentence(of.name)} <span class="dim">({integer(of.nodes)})</span>
      </span>
      <span class="bar" style={{ '--share': share, '--used': used } as never} aria-hidden="true">
        <i>
          <i />
        </i>
      </span>
      <span class="share">{percent(share)}</span>
      <span class="used dim">{percent(used)} used</span>
    </li>
  );
}

function Recent(): VNode {
  const newest = events.value.slice(0, ACTIVITY);
  return (
    <section class="recent" aria-labelledby="recent-title">
      <header>
        <h3 id="recent-title">Recent activity</h3>
        <a href={hrefOf('activity')}>all</a>
      </header>
      {newest.length === 0 ? <p class="dim">Nothing has happened yet.</p> : null}
      <ol>
        {newest.map(({ serial, at, text }) => (
          <li key={`${serial} ${at}`}>
            <time>{clock(at)}</time> <Words text={sentence(text)} />
          </li>
        ))}
      </ol>
    </section>
  );
}

/** What the cells mean, with how many of each there are: the field in words. */
export function Legend(): VNode {
  const counts = status.value?.states ?? {};
  return (
    <ul class="legend">
      {NODE_STATES.filter((name) => (counts[name] ?? 0) > 0 || name === 'idle' || name === 'busy').map(
        (name) => (
          <li key={name} class={name}>
            <i aria-hidden="true" />
            {name} <b>{integer(counts[name] ?? 0)}</b>
          </li>
        ),
      )}
    </ul>
  );
}
