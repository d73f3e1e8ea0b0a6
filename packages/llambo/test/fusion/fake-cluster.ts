import type { OptionScore, ScoreCall } from '../../src/fusion/formats.ts';
import type { AskAnswer, AskRequest, FusionCluster, FusionNode } from '../../src/fusion/index.ts';

export interface FakeNode extends Partial<FusionNode> {
  /** What it writes; an error is thrown, `undefined` never answers. */
  readonly says?: string | Error | undefined | ((request: AskRequest) => string);
  /** Preference of each option by its text, 0 to 1. */
  readonly likes?: Readonly<Record<string, number>>;
  readonly logprobs?: readonly number[];
  readonly ms?: number;
}

/** A cluster of scripted nodes that notes what it was asked and what was cancelled. */
export class FakeCluster implements FusionCluster {
  readonly asked: string[] = [];
  readonly cancelled: string[] = [];
  readonly requests: AskRequest[] = [];
  readonly calls: { node: string; call: ScoreCall }[] = [];
  readonly #nodes: Map<string, FakeNode>;

  constructor(nodes: readonly FakeNode[]) {
    this.#nodes = new Map(
      nodes.map((node, at) => [node.id ?? `worker-${String(at + 1).padStart(4, '0')}`, node]),
    );
  }

  /** Vectors of texts, when it has any; an error is thrown. */
  vectors: ReadonlyMap<string, readonly number[]> | Error = new Error('no embeddings here');

  async embed(texts: readonly string[]): Promise<readonly Float32Array[]> {
    const { vectors } = this;
    if (vectors instanceof Error) throw vectors;
    return texts.map((text) => Float32Array.from(vectors.get(text) ?? [0, 0]));
  }

  /** Takes a node away, as a crash does. */
  kill(id: string): void {
    this.#nodes.set(id, { ...this.#nodes.get(id), ready: false, says: new Error('engine is gone') });
  }

  nodes(): readonly FusionNode[] {
    return [...this.#nodes].map(([id, { says: _s, likes: _l, logprobs: _p, ms: _m, ...node }]) => ({
      class: 'tiny',
      model: 'm',
      ready: true,
      load: 0,
      capacity: 1,
      ...node,
      id,
    }));
  }

  async ask(id: string, request: AskRequest, signal: AbortSignal): Promise<AskAnswer> {
    this.asked.push(id);
    this.requests.push(request);
    await this.#wait(id, signal);
    const { says = '42', logprobs = [-0.1, -0.2] } = this.#nodes.get(id) as FakeNode;
    if (says instanceof Error) throw says;
    const text = typeof says === 'function' ? says(request) : says;
    return { text, logprobs, tokens: logprobs.length };
  }

  async score(id: string, call: ScoreCall, signal: AbortSignal): Promise<readonly OptionScore[]> {
    this.asked.push(id);
    this.calls.push({ node: id, call });
    await this.#wait(id, signal);
    const { says, likes = {} } = this.#nodes.get(id) as FakeNode;
    if (says instanceof Error) throw says;
    // Letters stand for the option in that place of the prompt.
    const shown = /\n[A-Z]\. /.test(call.prompt ?? String(call.messages?.[0]?.content))
      ? [...(call.prompt ?? String(call.messages?.at(-1)?.content)).matchAll(/(?:^|\n)([A-Z])\. (.*)/g)]
      : [];
    return call.options.map((option) => {
      const place = shown.findLast(([, letter]) => letter === option.trim());
      const text = place?.[2] ?? option.trim();
      const known = /Question: N\/A|^Answer:$/.test(call.prompt ?? '') ? 0.5 : (likes[text] ?? 0.1);
      return { logprob: Math.log(known) * 4, tokens: 2, bytes: 4 };
    });
  }

  #wait(id: string, signal: AbortSignal): Promise<void> {
    const node = this.#nodes.get(id) as FakeNode;
    const never = 'says' in node && node.says === undefined;
    return new Promise((resolve, reject) => {
      const answered = (): void => {
        signal.removeEventListener('abort', aborted);
        resolve();
      };
      const timer = never ? undefined : setTimeout(answered, node.ms ?? 0);
      const aborted = (): void => {
        clearTimeout(timer);
        this.cancelled.push(id);
        reject(new Error('request was cancelled'));
      };
      if (signal.aborted) aborted();
      signal.addEventListener('abort', aborted, { once: true });
    });
  }
}

/** `count` nodes that say the same. */
export const many = (count: number, node: FakeNode): FakeNode[] => Array.from({ length: count }, () => node);
