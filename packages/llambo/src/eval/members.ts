/** One way of one model to answer closed questions: what a node of the ensemble does. */
import type { Engine } from '@llambo/llama';
import { findFormat, type OptionScore, rotation } from '../fusion/formats.ts';
import type { EvalItem } from './item.ts';
import type { AnswerStore } from './store.ts';

export interface Member {
  readonly model: string;
  readonly format: string;
  /** Rotation of the options; 0 for formats that do not show them. */
  readonly rotation: number;
}

/** What the store holds of a member's answer to an item; undefined when something is missing. */
export function recall(store: AnswerStore, member: Member, item: EvalItem): OptionScore[] | undefined {
  const { format, order, calls } = callsOf(member, item);
  const answers = calls.map((call) => store.scores(call));
  return answers.every((answer) => answer !== undefined) ? format.read(answers, order) : undefined;
}

/** Asks the engine for what the store does not hold. */
export async function ask(
  store: AnswerStore,
  engine: Engine,
  member: Member,
  item: EvalItem,
): Promise<OptionScore[]> {
  const { format, order, calls } = callsOf(member, item);
  return format.read(await Promise.all(calls.map((call) => store.score(engine, call))), order);
}

function callsOf(member: Member, { question, options = [] }: EvalItem) {
  const format = findFormat(member.format);
  if (format === undefined) throw new Error(`format ${member.format} is unknown`);
  const order = rotation(options.length, format.ordered ? member.rotation % options.length : 0);
  return { format, order, calls: format.calls(question, options, order) };
}
