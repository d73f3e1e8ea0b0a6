/** How far each node can be trusted, learnt from canaries: questions whose answers are known. */
import { setMaxListeners } from 'node:events';
import { clamp } from './agreement.ts';
import { memberCalls, opinionOf, profileOf } from './profile.ts';
import type { FusionCluster } from './types.ts';

/** A question with a known answer that any node should get right. */
export interface Canary {
  readonly question: string;
  readonly options: readonly string[];
  readonly answer: number;
}

/** Easy enough for the smallest models, so that a miss says more about a node than about its model. */
export const CANARIES: readonly Canary[] = [
  { question: 'What is the opposite of hot?', options: ['Cold', 'Seven', 'Running', 'Table'], answer: 0 },
  { question: 'Which of these is a fruit?', options: ['Hammer', 'Apple', 'Monday', 'River'], answer: 1 },
  { question: 'Which of these is a color?', options: ['Quickly', 'Bread', 'Blue', 'Engine'], answer: 2 },
  { question: 'What do fish live in?', options: ['Paper', 'Music', 'Glue', 'Water'], answer: 3 },
  { question: 'The day after Monday is', options: ['Tuesday', 'a bottle', 'green', 'never'], answer: 0 },
  { question: 'A dog is an', options: ['equation', 'animal', 'ocean', 'hour'], answer: 1 },
];

/** Milliseconds that canaries may take away from a fusion's votes, at most. */
export const CANARY_MS = 5000;

/** Before any canary a node counts as one that gets this share right, with the weight of so many canaries. */
const PRIOR = { right: 0.85, count: 4 };

export class Reliabilities {
  readonly #seen = new Map<string, { right: number; asked: number }>();

  /** Canaries that a node has answered. */
  asked(node: string): number {
    return this.#seen.get(node)?.asked ?? 0;
  }

  record(node: string, right: boolean): void {
    const seen = this.#seen.get(node) ?? { right: 0, asked: 0 };
    this.#seen.set(node, seen);
    seen.asked++;
    if (right) seen.right++;
  }

  forget(node: string): void {
    this.#seen.delete(node);
  }

  /** Mean of the Beta posterior of a node's share of right answers, 0 to 1. */
  of(node: string): number {
    const { right, asked } = this.#seen.get(node) ?? { right: 0, asked: 0 };
    return (right + PRIOR.right * PRIOR.count) / (asked + PRIOR.count);
  }

  /** Weight of its vote relative to a node that nothing is known of: a ratio of log-odds, 0.05 to 2. */
  weight(node: string): number {
    const odds = (share: number): number => Math.log(share / (1 - share));
    return clamp(odds(clamp(this.of(node), 0.05, 0.99)) / odds(PRIOR.right), 0.05, 2);
  }
}

/**
 * Asks nodes the canaries that they have not answered yet, all at once, and notes who was right. A node that does not answer
 * is not judged.
 */
export async function askCanaries(
  cluster: FusionCluster,
  reliabilities: Reliabilities,
  nodes: readonly string[],
  signal: AbortSignal,
  canaries: readonly Canary[] = CANARIES,
): Promise<void> {
  setMaxListeners(0, signal);
  const models = new Map(cluster.nodes().map(({ id, model }) => [id, model]));
  await Promise.all(
    nodes.flatMap((node) =>
      canaries.slice(reliabilities.asked(node)).map(async ({ question, options, answer }) => {
        const [member] = profileOf(models.get(node) ?? '').members;
        if (member === undefined) return;
        const { format, order, calls, prior } = memberCalls(member, question, options);
        try {
          const scores = await Promise.all(
            [...calls, ...prior].map((call) => cluster.score(node, call, signal)),
          );
          const opinion = opinionOf(
            member,
            format.read(scores.slice(0, calls.length), order),
            prior.length === 0 ? [] : format.read(scores.slice(calls.length), order),
          );
          reliabilities.record(node, opinion.indexOf(Math.max(...opinion)) === answer);
        } catch {
          // no answer is no lie
        }
      }),
    ),
  );
}
