import type { VNode } from 'preact';
import type { HostStatus } from '../api/types.ts';
import { bytes, duration, integer, milliseconds, percent } from '../format.ts';
import { hrefOf } from '../router.ts';
import { Panel } from '../ui/panel.tsx';
import { usePoll } from '../ui/use-poll.ts';

export function Hosts(): VNode {
  const { data, error } = usePoll<{ hosts: readonly HostStatus[] }>('/api/v1/hosts', 2000).value;
  const hosts = data?.hosts ?? [];
  return (
    <Panel title="Hosts">
      {error === undefined ? null : (
        <p class="bad" role="status">
          {error}
        </p>
      )}
      {data === undefined && error === undefined ? <p class="dim">Reading…</p> : null}
      {data !== undefined && hosts.length === 0 ? <p class="dim">No host has joined.</p> : null}
      <ul class="hosts">
        {hosts.map((host) => (
          <Host key={host.name} host={host} />
        ))}
      </ul>
      <p class="dim small">
        Another machine joins with <code>llamboctl host --join ADDRESS</code>.
      </p>
    </Panel>
  );
}

function Host({ host }: { readonly host: HostStatus }): VNode {
  const { memory, freeMemory } = host;
  const used =
    memory === undefined || freeMemory === undefined || memory === 0 ? undefined : 1 - freeMemory / memory;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Workers', optional(host.workers, integer)],
    ['CPUs', optional(host.cpus, integer)],
    [
      'Memory',
      used === undefined ? optional(memory, bytes) : `${percent(used)} of ${bytes(memory as number)}`,
    ],
    ['VM threads', optional(host.threads, integer)],
    ['VM heaps', optional(host.heap, bytes)],
    ['Round trip', optional(host.rttMs, milliseconds)],
    ['Up', optional(host.uptimeSeconds, duration)],
    ['Models', host.models?.join(', ')],
    ['Address', host.address],
  ];
  return (
    <li>
      <header>
        <h3>{host.name}</h3>
        <span class={`state ${host.state === 'up' ? 'busy' : host.state}`}>{host.state}</span>
      </header>
      {used === undefined ? null : (
        <p class="bar" style={{ '--share': 1, '--used': used } as never} aria-hidden="true">
          <i>
            <i />
          </i>
        </p>
      )}
      <dl class="facts">
        {facts.map(([name, value]) =>
          value === undefined || value === '' ? null : (
            <div key={name} class={value.length > 16 ? 'wide' : undefined}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
        )}
      </dl>
      <p>
        <a href={hrefOf('files', 'hosts', host.name)}>/n/llambo/hosts/{host.name}</a>
      </p>
    </li>
  );
}

const optional = (value: number | null | undefined, format: (n: number) => string): string | undefined =>
  value === undefined || value === null ? undefined : format(value);
