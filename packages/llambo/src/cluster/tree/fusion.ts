/** fusion/: one consensus query a directory. Settings go to ctl, the question to data; status tells the votes. */
import { StyxError } from '@llambo/styx';
import { type Commands, cloneDir, type DirNode, exchange, type Opener, text, toText } from '@llambo/styx/fs';
import { attributeLine } from '../../attributes.ts';
import { LlamboError } from '../../errors.ts';
import {
  type FusionHost,
  type FusionRequest,
  type FusionResult,
  fuse,
  fusionCluster,
  fusionNames,
  type Vote,
} from '../../fusion/index.ts';
import type { Orchestrator } from '../orchestrator.ts';

/** Bytes of a question at most. */
const LIMIT = 1 << 20;

export function fusionDir(orchestrator: Orchestrator): DirNode {
  return cloneDir(() => {
    const query = new Query(orchestrator);
    return {
      ctl: query.commands(),
      files: {
        data: exchange((request, opener, signal) => query.answer(toText(request), opener, signal), {
          limit: LIMIT,
        }),
        status: text(() => query.status()),
      },
    };
  });
}

type Settings = { -readonly [Name in keyof FusionRequest]?: FusionRequest[Name] };

class Query {
  readonly #orchestrator: Orchestrator;
  readonly #settings: Settings = {};
  #votes: Vote[] = [];
  #result: FusionResult | undefined;
  #state = 'waiting';

  constructor(orchestrator: Orchestrator) {
    this.#orchestrator = orchestrator;
  }

  commands(): Commands {
    const settings = this.#settings;
    const number =
      (name: 'nodes' | 'canaries' | 'minAgreement' | 'deadlineMs' | 'tolerate' | 'seed' | 'maxTokens') =>
      ([value = '']: string[]): void => {
        if (value.trim() === '' || !Number.isFinite(Number(value))) {
          throw new StyxError(`bad-request: ${JSON.stringify(value)} is not a number`);
        }
        settings[name] = Number(value);
      };
    return {
      'strategy NAME': ([name = '']) => {
        if (!fusionNames().includes(name.split(':')[0] as string)) {
          throw new StyxError(
            `bad-request: strategy ${name} is unknown; strategies: ${fusionNames().join(', ')}`,
          );
        }
        settings.strategy = name;
      },
      'model NAME': ([name = '']) => {
        settings.model = name;
      },
      'option TEXT': ([option = '']) => {
        settings.options = [...(settings.options ?? []), option];
      },
      'nodes N': number('nodes'),
      'canaries N': number('canaries'),
      'min_agreement SHARE': number('minAgreement'),
      'deadline_ms N': number('deadlineMs'),
      'tolerate N': number('tolerate'),
      'seed N': number('seed'),
      'max_tokens N': number('maxTokens'),
    };
  }

  async *answer(query: string, opener: Opener, signal: AbortSignal): AsyncIterable<string> {
    this.#votes = [];
    this.#result = undefined;
    this.#state = 'asking';
    const orchestrator = this.#orchestrator;
    const host: FusionHost = {
      get nodes() {
        return orchestrator.nodes;
      },
      infer: (request, sink) => orchestrator.infer({ ...request, key: opener.uname }, sink),
      score: (model, request, abort) => orchestrator.score(model, { ...request, key: opener.uname }, abort),
      embed: (model, texts) => orchestrator.embed(model, texts, { key: opener.uname }),
    };
    const cluster = fusionCluster(host, orchestrator);
    try {
      const hooks = { vote: (vote: Vote) => void this.#votes.push(vote) };
      const result = await fuse(cluster, { ...this.#settings, query: query.trimEnd() }, hooks, signal);
      this.#result = result;
      this.#state = result.abstained ? 'abstained' : 'done';
      if (result.abstained) throw new StyxError(`no-consensus: ${result.reason ?? 'the nodes disagree'}`);
      yield `${result.answer}\n`;
    } catch (error) {
      if (this.#state === 'asking') this.#state = 'failed';
      throw error instanceof LlamboError ? new StyxError(`${error.code}: ${error.message}`) : error;
    }
  }

  status(): string {
    const votes = this.#result?.votes ?? this.#votes;
    const lines = votes.map(
      ({ node, model, weight, confidence, text: said, error }) =>
        `vote ${attributeLine({
          node,
          model,
          weight: weight.toFixed(3),
          confidence: confidence.toFixed(3),
          ...(error === undefined ? { text: said } : { error }),
        })}`,
    );
    return `${[`state=${this.#state}`, ...lines, ...this.#summary()].join('\n')}\n`;
  }

  #summary(): string[] {
    const result = this.#result;
    if (result === undefined) return [];
    const { agreement, strategy, responded, asked, tokens, ms } = result;
    const { share, entropy, posterior } = agreement;
    return [
      attributeLine({
        strategy,
        share: share.toFixed(3),
        entropy: entropy.toFixed(3),
        posterior: posterior.toFixed(3),
      }),
      attributeLine({ responded, asked, tokens, ms: Math.round(ms) }),
    ];
  }
}
