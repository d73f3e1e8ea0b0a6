/** One question to several nodes: their votes as they come in, and what they agree on. */
import { signal } from '@preact/signals';
import type { VNode } from 'preact';
import { post } from '../api/http.ts';
import { status } from '../api/live.ts';
import { serverEvents } from '../api/sse.ts';
import type { FusionResult, Vote } from '../api/types.ts';
import { integer, milliseconds, percent } from '../format.ts';
import { Markdown } from '../markdown/markdown.tsx';
import { hrefOf } from '../router.ts';
import { Panel } from '../ui/panel.tsx';

const query = signal('');
const options = signal('');
const nodes = signal(5);
const strategy = signal('auto');
const target = signal('');

const votes = signal<readonly Vote[]>([]);
const result = signal<FusionResult | undefined>(undefined);
const streamed = signal('');
const failed = signal<string | undefined>(undefined);
const running = signal<AbortController | undefined>(undefined);
/** Of the question that is shown; the form may be at the next one. */
const asked = signal<
  { readonly query: string; readonly options: readonly string[]; readonly nodes: number } | undefined
>(undefined);

const STRATEGIES: readonly string[] = [
  'auto',
  'cascade',
  'pool',
  'vote',
  'medoid',
  'mux',
  'weighted',
  'majority',
  'confidence',
  'quorum',
];

async function run(): Promise<void> {
  const choices = options.value
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const stop = new AbortController();
  votes.value = [];
  result.value = undefined;
  streamed.value = '';
  failed.value = undefined;
  asked.value = { query: query.value, options: choices, nodes: nodes.value };
  running.value = stop;
  try {
    const response = await post(
      '/api/v1/fusion',
      {
        query: query.value,
        nodes: nodes.value,
        ...(choices.length === 0 ? {} : { options: choices }),
        ...(strategy.value === 'auto' ? {} : { strategy: strategy.value }),
        ...(target.value === '' ? {} : { model: target.value }),
      },
      stop.signal,
    );
    for await (const { event, data } of serverEvents(response)) {
      if (data === '[DONE]') break;
      const value: unknown = JSON.parse(data);
      if (event === 'vote') votes.value = [...votes.value, value as Vote];
      else if (event === 'text')
        streamed.value += typeof value === 'string' ? value : ((value as { text?: string }).text ?? '');
      else if (event === 'result') {
        result.value = value as FusionResult;
        // With the weights that counted in the end.
        votes.value = result.value.votes ?? votes.value;
      } else if (event === 'error')
        throw new Error((value as { error?: { message?: string } }).error?.message ?? 'fusion failed');
    }
    if (result.value === undefined) throw new Error('the stream ended without a result');
  } catch (error) {
    failed.value = stop.signal.aborted ? 'stopped' : (error as Error).message;
  } finally {
    running.value = undefined;
  }
}

export function Fusion(): VNode {
  return (
    <div class="fusion">
      <Question />
      <div>
        {asked.value === undefined ? (
          <Explanation />
        ) : (
          <>
            <Consensus />
            <Votes />
          </>
        )}
      </div>
    </div>
  );
}

function Question(): VNode {
  const busy = running.value !== undefined;
  return (
    <Panel title="Question">
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) void run();
        }}
      >
        <label>
          <span>Question</span>
          <textarea
            rows={3}
            required
            placeholder="Which planet is the largest?"
            value={query.value}
            onInput={(event) => {
              query.value = event.currentTarget.value;
            }}
          />
        </label>
        <label>
          <span>Answers to choose from, one a line (optional)</span>
          <textarea
            rows={4}
            placeholder={'Mars\nJupiter\nVenus'}
            value={options.value}
            onInput={(event) => {
              options.value = event.currentTarget.value;
            }}
          />
        </label>
        <div class="pair">
          <label>
            <span>Votes</span>
            <input
              type="number"
              min={1}
              max={64}
              required
              value={nodes.value}
              onInput={(event) => {
                if (event.currentTarget.valueAsNumber >= 1)
                  nodes.value = Math.floor(event.currentTarget.valueAsNumber);
              }}
            />
          </label>
          <label>
            <span>Strategy</span>
            <select
              value={strategy.value}
              onChange={(event) => {
                strategy.value = event.currentTarget.value;
              }}
            >
              {STRATEGIES.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
          <label>
            <span>Class</span>
            <select
              value={target.value}
              onChange={(event) => {
                target.value = event.currentTarget.value;
              }}
            >
              <option value="">all</option>
              {(status.value?.classes ?? []).map(({ name }) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
        </div>
        <p class="buttons">
          {busy ? (
            <button type="button" onClick={() => running.value?.abort()}>
              Stop
            </button>
          ) : (
            <button type="submit" class="primary" disabled={query.value.trim() === ''}>
              Ask the nodes
            </button>
          )}
        </p>
      </form>
    </Panel>
  );
}

function Explanation(): VNode {
  return (
    <Panel title="One question, many nodes">
      <ol class="steps">
        <li>The question goes to several nodes at once; none of them sees the others.</li>
        <li>Each answer is a vote, and is shown here when it comes in.</li>
        <li>The strategy counts them, and stops asking when more votes would not change the leader.</li>
        <li>You get what they agree on, with how far they agree; or no answer, when they do not.</li>
      </ol>
    </Panel>
  );
}

function Consensus(): VNode {
  const { query: question, nodes: wanted } = asked.value!;
  const done = result.value;
  const text = done?.answer || streamed.value;
  return (
    <Panel
      title={
        done === undefined ? 'Votes are coming in' : done.abstained === true ? 'No consensus' : 'Consensus'
      }
    >
      <p class="dim">{question}</p>
      <div class="consensus" aria-live="polite">
        {text === '' ? null : <Markdown source={text} />}
        {done?.abstained === true ? <p class="notice">{done.reason ?? 'The nodes do not agree.'}</p> : null}
        {failed.value === undefined ? null : (
          <p class="bad" role="alert">
            {failed.value}
          </p>
        )}
      </div>
      <p class="source">
        {done === undefined ? (
          `${integer(votes.value.length)} of ${integer(wanted)}`
        ) : (
          <>
            {done.agreement === undefined ? '' : `${percent(done.agreement.share)} agree · `}
            by {done.strategy}
            {done.responded === undefined ? '' : ` · ${done.responded} of ${done.asked} nodes`}
            {done.ms === undefined ? '' : ` · ${milliseconds(done.ms)}`}
            {done.node === undefined ? null : (
              <>
                {' '}
                · words of <a href={hrefOf('nodes', done.node)}>{done.node}</a>
              </>
            )}
          </>
        )}
      </p>
      <Tally />
    </Panel>
  );
}

interface Heap {
  readonly key: string;
  readonly text: string;
  weight: number;
  readonly voters: Vote[];
}

function heapsOf(all: readonly Vote[], choices: readonly string[]): Heap[] {
  const heaps = new Map<string, Heap>();
  for (const vote of all) {
    if (vote.error !== undefined) continue;
    const key = vote.key ?? vote.text;
    const text = vote.option === undefined ? vote.text : (choices[vote.option] ?? vote.text);
    const heap = heaps.get(key) ?? { key, text, weight: 0, voters: [] };
    heap.weight += vote.weight ?? 1;
    heap.voters.push(vote);
    heaps.set(key, heap);
  }
  return [...heaps.values()].sort((a, b) => b.weight - a.weight);
}

/**
 * Shares of the options when votes are opinions about all of them: a weighted sum of log-probabilities, normalised. The
 * floor of 1 % is the strategy's own.
 */
function pooledShares(all: readonly Vote[]): readonly number[] | undefined {
  const votes = all.filter(({ error }) => error === undefined);
  if (votes.length === 0 || votes.some(({ opinion }) => opinion === undefined)) return undefined;
  const sums = votes[0]!.opinion!.map((_, option) =>
    votes.reduce(
      (sum, { opinion, weight = 1 }) => sum + weight * Math.max(Math.log(0.01), opinion![option] ?? 0),
      0,
    ),
  );
  const most = Math.max(...sums);
  const shares = sums.map((sum) => Math.exp(sum - most));
  const total = shares.reduce((a, b) => a + b, 0);
  return shares.map((share) => share / total);
}

/** Blocks of an answer that all pooled votes are sure of. */
const POOLED_BLOCKS = 20;

/** One bar an answer, one block a vote; where votes are opinions about all answers, a block is a twentieth of the whole. */
function Tally(): VNode | null {
  const heaps = heapsOf(votes.value, asked.value!.options);
  if (heaps.length === 0) return null;
  const pooled = pooledShares(votes.value);
  if (pooled !== undefined) {
    // Every option is judged by every vote.
    asked.value!.options.forEach((text, option) => {
      const key = String(option);
      const heap = heaps.find((each) => each.key === key);
      if (heap === undefined) heaps.push({ key, text, weight: pooled[option] ?? 0, voters: [] });
      else heap.weight = pooled[option] ?? 0;
    });
    heaps.sort((a, b) => b.weight - a.weight);
  }
  const total = heaps.reduce((sum, { weight }) => sum + weight, 0) || 1;
  return (
    <ol class="tally" aria-label="Answers by weight">
      {heaps.slice(0, 8).map(({ key, text, weight, voters }, i) => (
        <li key={key} class={i === 0 ? 'leads' : undefined}>
          <span class="name" title={text}>
            {text.trim() || '(nothing)'}
          </span>
          <span class="blocks" aria-hidden="true">
            {pooled === undefined
              ? voters.map(({ node }) => <i key={node} />)
              : Array.from({ length: Math.round((weight / total) * POOLED_BLOCKS) }, (_, n) => <i key={n} />)}
          </span>
          <span class="share">{percent(weight / total)}</span>
        </li>
      ))}
    </ol>
  );
}

function Votes(): VNode {
  const waiting = running.value === undefined ? 0 : Math.max(0, asked.value!.nodes - votes.value.length);
  return (
    <Panel title="Votes">
      <ol class="votes">
        {votes.value.map((vote, i) => (
          <li key={`${vote.node} ${i}`} class={vote.error === undefined ? undefined : 'failed'}>
            <header>
              <a href={hrefOf('nodes', vote.node)}>{vote.node}</a>
              <span class="dim">
                {[
                  vote.class,
                  vote.ms === undefined ? undefined : milliseconds(vote.ms),
                  vote.confidence === undefined || vote.error !== undefined
                    ? undefined
                    : `${percent(vote.confidence)} sure`,
                ]
                  .filter((part) => part !== undefined && part !== '')
                  .join(' · ')}
              </span>
            </header>
            <p class={vote.error === undefined ? undefined : 'dim'}>
              {vote.error === undefined ? vote.text.trim() || '(nothing)' : `No vote: ${vote.error}`}
            </p>
          </li>
        ))}
        {Array.from({ length: Math.min(waiting, 16) }, (_, i) => (
          <li key={`waiting ${i}`} class="pending" aria-hidden="true">
            <header>
              <span class="dim">…</span>
            </header>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
