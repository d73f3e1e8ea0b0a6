/** A conversation with the cluster; under each answer, the node that gave it. */
import { signal, useSignal, useSignalEffect } from '@preact/signals';
import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { ask, type Message, type Told } from '../api/chat.ts';
import { getJson } from '../api/http.ts';
import { status } from '../api/live.ts';
import { count, integer, milliseconds } from '../format.ts';
import { Markdown } from '../markdown/markdown.tsx';
import { hrefOf } from '../router.ts';
import { Panel } from '../ui/panel.tsx';

interface Turn extends Message {
  readonly told?: Told;
  readonly failed?: string;
}

// They outlive the view: a person looks at the node and comes back.
const turns = signal<readonly Turn[]>([]);
const answering = signal<AbortController | undefined>(undefined);
const model = signal('');
const system = signal('');
const temperature = signal(0.7);
const maxTokens = signal(512);
const models = signal<readonly string[]>([]);

function amend(change: (turn: Turn) => Turn): void {
  turns.value = turns.value.map((turn, i) => (i === turns.value.length - 1 ? change(turn) : turn));
}

async function send(content: string): Promise<void> {
  const asked: Turn[] = [...turns.value, { role: 'user', content }];
  turns.value = [...asked, { role: 'assistant', content: '' }];
  const stop = new AbortController();
  answering.value = stop;
  const messages: Message[] = [
    ...(system.value.trim() === '' ? [] : [{ role: 'system' as const, content: system.value }]),
    ...asked
      .filter(({ failed, content: said }) => failed === undefined && said !== '')
      .map(({ role, content: said }) => ({ role, content: said })),
  ];
  // Pieces are gathered: the page is drawn once a frame, however fast the tokens come.
  let gathered = '';
  let frame = 0;
  const flush = (told?: Told): void => {
    cancelAnimationFrame(frame);
    frame = 0;
    const more = gathered;
    gathered = '';
    amend((turn) => ({
      ...turn,
      content: turn.content + more,
      told: told === undefined ? turn.told : { ...told },
    }));
  };
  try {
    const told = await ask(
      { model: model.value, messages, temperature: temperature.value, maxTokens: maxTokens.value },
      (piece, soFar) => {
        gathered += piece;
        if (frame === 0) frame = requestAnimationFrame(() => flush(soFar));
      },
      stop.signal,
    );
    flush(told);
  } catch (error) {
    flush();
    const failed = stop.signal.aborted ? 'stopped' : (error as Error).message;
    amend((turn) => ({ ...turn, failed }));
  } finally {
    answering.value = undefined;
  }
}

async function loadModels(): Promise<void> {
  const { data } = await getJson<{ data: readonly { id: string }[] }>('/v1/models');
  models.value = data.map(({ id }) => id);
}

export function Chat(): VNode {
  useEffect(() => {
    loadModels().catch(() => {});
  }, []);
  return (
    <div class="chat">
      <Panel
        title="Chat"
        aside={
          <button
            type="button"
            class="quiet"
            disabled={turns.value.length === 0}
            onClick={() => {
              answering.value?.abort();
              turns.value = [];
            }}
          >
            New
          </button>
        }
      >
        <Turns />
        <Composer />
      </Panel>
      <Settings />
    </div>
  );
}

function Turns(): VNode {
  const end = useRef<HTMLDivElement>(null);
  const following = useRef(true);
  useSignalEffect(() => {
    turns.value;
    if (following.current) requestAnimationFrame(() => end.current?.scrollIntoView({ block: 'nearest' }));
  });
  const said = turns.value;
  return (
    <div
      class="turns"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: without it the keyboard could not scroll it
      tabIndex={0}
      role="log"
      aria-label="Conversation"
      aria-busy={answering.value !== undefined}
      onScroll={(event) => {
        const { scrollHeight, scrollTop, clientHeight } = event.currentTarget;
        following.current = scrollHeight - scrollTop - clientHeight < 40;
      }}
    >
      {said.length === 0 ? (
        <p class="dim hint">
          Ask the cluster. The question goes to the node that {status.value?.strategy ?? 'the strategy'}{' '}
          picks; if that node dies, the answer goes on at another.
        </p>
      ) : null}
      {said.map((turn, i) => (
        <Said key={i} turn={turn} last={i === said.length - 1} />
      ))}
      <div ref={end} />
    </div>
  );
}

function Said({ turn, last }: { readonly turn: Turn; readonly last: boolean }): VNode {
  const busy = last && turn.role === 'assistant' && answering.value !== undefined;
  return (
    <article class={`turn ${turn.role}`} aria-label={turn.role === 'user' ? 'You' : 'Answer'}>
      {turn.role === 'user' ? <p>{turn.content}</p> : <Markdown source={turn.content} />}
      {busy ? <span class="caret" aria-hidden="true" /> : null}
      {turn.failed === undefined ? null : (
        <p class={turn.failed === 'stopped' ? 'dim' : 'bad'} role="alert">
          {turn.failed}
        </p>
      )}
      {turn.told === undefined ? null : <Source told={turn.told} />}
    </article>
  );
}

function Source({ told }: { readonly told: Told }): VNode {
  const { node, strategy, attempts, tokens, firstMs, totalMs, reason } = told;
  const seconds = totalMs === undefined || firstMs === undefined ? 0 : (totalMs - firstMs) / 1000;
  const parts = [
    strategy === undefined ? undefined : `by ${strategy}`,
    attempts === undefined || attempts < 2 ? undefined : `attempt ${attempts}`,
    firstMs === undefined ? undefined : `first word ${milliseconds(firstMs)}`,
    tokens === undefined ? undefined : `${integer(tokens)} tokens`,
    tokens === undefined || tokens < 2 || seconds <= 0 ? undefined : `${count((tokens - 1) / seconds)} tok/s`,
    reason === 'length' ? 'cut at its length' : undefined,
  ].filter((part) => part !== undefined);
  return (
    <p class="source">
      {node === undefined ? null : <a href={hrefOf('nodes', node)}>{node}</a>}
      {parts.map((part) => (
        <span key={part}> · {part}</span>
      ))}
    </p>
  );
}

function Composer(): VNode {
  const text = useSignal('');
  const busy = answering.value !== undefined;
  const submit = (): void => {
    const content = text.value.trim();
    if (content === '' || busy) return;
    text.value = '';
    void send(content);
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <label>
        <span class="unseen">Question</span>
        <textarea
          rows={2}
          placeholder="What is a name space?"
          value={text.value}
          aria-describedby="composer-help"
          onInput={(event) => {
            text.value = event.currentTarget.value;
          }}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            submit();
          }}
        />
      </label>
      <span id="composer-help" class="unseen">
        Enter sends, Shift and Enter begins a new line.
      </span>
      {busy ? (
        <button type="button" onClick={() => answering.value?.abort()}>
          Stop
        </button>
      ) : (
        <button type="submit" class="primary" disabled={text.value.trim() === ''}>
          Send
        </button>
      )}
    </form>
  );
}

function Settings(): VNode {
  const classes = status.value?.classes ?? [];
  const names = [...new Set([...models.value, ...classes.map(({ name }) => name)])];
  return (
    <Panel title="Settings" class="settings">
      <div class="stack">
        <label>
          <span>Model or class</span>
          <select
            value={model.value}
            onChange={(event) => {
              model.value = event.currentTarget.value;
            }}
          >
            <option value="">default</option>
            {names.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span>System prompt</span>
          <textarea
            rows={4}
            value={system.value}
            onInput={(event) => {
              system.value = event.currentTarget.value;
            }}
          />
        </label>
        <label>
          <span>Temperature {temperature.value.toFixed(1)}</span>
          <input
            type="range"
            min={0}
            max={2}
            step={0.1}
            value={temperature.value}
            onInput={(event) => {
              temperature.value = event.currentTarget.valueAsNumber;
            }}
          />
        </label>
        <label>
          <span>Tokens at most</span>
          <input
            type="number"
            min={1}
            max={32_768}
            value={maxTokens.value}
            onInput={(event) => {
              if (event.currentTarget.valueAsNumber >= 1)
                maxTokens.value = Math.floor(event.currentTarget.valueAsNumber);
            }}
          />
        </label>
      </div>
    </Panel>
  );
}
