/** What an operator may do. Every form makes one ctl line, which is shown and confirmed before it is written. */
import { useSignal } from '@preact/signals';
import type { ComponentChildren, VNode } from 'preact';
import { status } from '../api/live.ts';
import { roster } from '../api/nodes.ts';
import { clock, integer } from '../format.ts';
import { command, outcomes } from '../ui/confirm.tsx';
import { Panel } from '../ui/panel.tsx';
import { Select } from '../ui/select.tsx';

/** Names that every cluster of this version has; a gateway that says its own wins. */
const STRATEGIES: readonly string[] = [
  'round-robin',
  'least-loaded',
  'random',
  'weighted',
  'p2c',
  'prefix',
  'session',
  'affinity',
  'prequal',
];
const POLICIES: readonly string[] = ['target', 'seed', 'hpa', 'kpa'];

export function Control(): VNode {
  const scopes = status.value?.scopes;
  const mayNot = scopes !== undefined && !scopes.some((scope) => scope === 'operate' || scope === 'admin');
  return (
    <>
      {mayNot ? (
        <p class="notice" role="status">
          Your key may look, but not operate: what you ask for here will be refused.
        </p>
      ) : null}
      <div class="cards">
        <Scale />
        <Spawn />
        <OneNode />
        <Strategy />
        <Autoscale />
        <AnyLine />
      </div>
      <Done />
    </>
  );
}

function Card(props: {
  readonly title: string;
  readonly children: ComponentChildren;
  readonly act: () => void;
  readonly button: string;
  readonly disabled?: boolean;
}): VNode {
  return (
    <Panel title={props.title}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          props.act();
        }}
      >
        {props.children}
        <p class="buttons">
          <button type="submit" class="primary" disabled={props.disabled}>
            {props.button}
          </button>
        </p>
      </form>
    </Panel>
  );
}

function useClass(): {
  readonly names: readonly string[];
  readonly chosen: ReturnType<typeof useSignal<string>>;
  readonly nodes: number;
} {
  const classes = status.value?.classes ?? [];
  const chosen = useSignal('');
  if (chosen.value === '' && classes[0] !== undefined) chosen.value = classes[0].name;
  return {
    names: classes.map(({ name }) => name),
    chosen,
    nodes: classes.find(({ name }) => name === chosen.value)?.nodes ?? 0,
  };
}

function NumberField(props: {
  readonly label: string;
  readonly value: number;
  readonly least: number;
  readonly change: (n: number) => void;
}): VNode {
  return (
    <label>
      <span>{props.label}</span>
      <input
        type="number"
        min={props.least}
        max={status.value?.maximum ?? 10_000}
        required
        value={props.value}
        onInput={(event) => props.change(event.currentTarget.valueAsNumber)}
      />
    </label>
  );
}

function Scale(): VNode {
  const { names, chosen, nodes } = useClass();
  const wanted = useSignal<number | undefined>(undefined);
  const to = wanted.value ?? nodes;
  return (
    <Card
      title="Scale a class"
      button="Scale"
      disabled={names.length === 0 || !(to >= 0)}
      act={() =>
        command(
          `scale ${chosen.value} ${to}`,
          to < nodes
            ? `Take ${integer(nodes - to)} ${chosen.value} nodes away?`
            : `Have ${integer(to)} ${chosen.value} nodes?`,
          to < nodes,
        )
      }
    >
      <Select label="Class" of={chosen as never} options={names} />
      <NumberField
        label={`Nodes (now ${integer(nodes)})`}
        value={to}
        least={0}
        change={(n) => (wanted.value = n)}
      />
    </Card>
  );
}

function Spawn(): VNode {
  const { names, chosen } = useClass();
  const more = useSignal(10);
  return (
    <Card
      title="Spawn nodes"
      button="Spawn"
      disabled={names.length === 0 || !(more.value >= 1)}
      act={() =>
        command(
          `spawn ${chosen.value} ${more.value}`,
          `Spawn ${integer(more.value)} more ${chosen.value} nodes?`,
        )
      }
    >
      <Select label="Class" of={chosen as never} options={names} />
      <NumberField label="How many" value={more.value} least={1} change={(n) => (more.value = n)} />
    </Card>
  );
}

const VERBS = ['drain', 'resume', 'kill'] as const;
const WORDS = {
  drain: 'Give it no more work? What it has, it finishes.',
  resume: 'Let it take work again?',
  kill: 'End it at once? Its answers go on at other nodes.',
} as const;

function OneNode(): VNode {
  const id = useSignal('');
  const verb = useSignal<(typeof VERBS)[number]>('drain');
  const known = roster.value.place.has(id.value);
  return (
    <Card
      title="One node"
      button={verb.value === 'kill' ? 'Kill' : verb.value === 'drain' ? 'Drain' : 'Resume'}
      disabled={!known}
      act={() =>
        command(`${verb.value} ${id.value}`, `${id.value}: ${WORDS[verb.value]}`, verb.value === 'kill')
      }
    >
      <label>
        <span>Node</span>
        <input
          type="text"
          placeholder="worker-0001"
          spellcheck={false}
          autocapitalize="off"
          value={id.value}
          onInput={(event) => {
            id.value = event.currentTarget.value.trim();
          }}
        />
      </label>
      <Select label="Do" of={verb} options={VERBS} />
    </Card>
  );
}

function Strategy(): VNode {
  const now = status.value?.strategy ?? '';
  const chosen = useSignal('');
  const names = status.value?.strategies ?? STRATEGIES;
  const value = { value: chosen.value || now };
  return (
    <Card
      title="Balancing strategy"
      button="Change"
      disabled={value.value === now || value.value === ''}
      act={() =>
        command(`strategy ${value.value}`, `Choose nodes by ${value.value} from the next request on?`)
      }
    >
      <label>
        <span>Strategy (now {now || '-'})</span>
        <select
          value={value.value}
          onChange={(event) => {
            chosen.value = event.currentTarget.value;
          }}
        >
          {names.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
    </Card>
  );
}

function Autoscale(): VNode {
  const now = status.value?.autoscale;
  const policies = status.value?.policies ?? POLICIES;
  const chosen = useSignal('');
  const policy = chosen.value || now?.policy || policies[0] || '';
  return (
    <Panel title="Autoscaler">
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          command(`autoscale policy ${policy}`, `Decide by the policy ${policy}?`);
        }}
      >
        <p>
          {now === undefined
            ? 'Switch it, or change what it decides by.'
            : `It is ${now.on ? 'on' : 'off'}, by ${now.policy}.`}
        </p>
        <label>
          <span>Policy</span>
          <select
            value={policy}
            onChange={(event) => {
              chosen.value = event.currentTarget.value;
            }}
          >
            {policies.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <p class="buttons">
          {now?.on !== true ? (
            <button
              type="button"
              onClick={() => command('autoscale on', 'Let the autoscaler add and remove nodes?')}
            >
              Turn on
            </button>
          ) : null}
          {now?.on !== false ? (
            <button
              type="button"
              onClick={() => command('autoscale off', 'Leave the number of nodes as it is?')}
            >
              Turn off
            </button>
          ) : null}
          <button type="submit" class="primary">
            Use policy
          </button>
        </p>
      </form>
    </Panel>
  );
}

function AnyLine(): VNode {
  const line = useSignal('');
  return (
    <Card
      title="Any ctl line"
      button="Write"
      disabled={line.value.trim() === ''}
      act={() =>
        command(
          line.value.trim(),
          'Write this line to the cluster’s ctl?',
          /^(kill|shutdown|scale)\b/.test(line.value.trim()),
        )
      }
    >
      <label>
        <span>Line</span>
        <input
          type="text"
          placeholder="save"
          spellcheck={false}
          autocapitalize="off"
          value={line.value}
          onInput={(event) => {
            line.value = event.currentTarget.value;
          }}
        />
      </label>
      <p class="dim small">As with echo … &gt; /n/llambo/ctl. Reading that file lists the commands.</p>
    </Card>
  );
}

function Done(): VNode | null {
  if (outcomes.value.length === 0) return null;
  return (
    <Panel title="Written here">
      <ol class="events">
        {outcomes.value.map(({ at, command: line, text, failed }) => (
          <li key={`${at} ${line}`}>
            <time>{clock(at)}</time>
            <code>{line}</code>
            <span class={failed ? 'bad' : 'dim'}>{text || 'done'}</span>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
