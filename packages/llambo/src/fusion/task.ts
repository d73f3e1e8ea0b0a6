/** What one node does for a fusion, and the vote that comes of it. */
import { canonical } from './canonical.ts';
import { meanLogprob, windowConfidence } from './confidence.ts';
import { LETTERS, rotation } from './formats.ts';
import { memberCalls, opinionOf, type PoolMember, profileOf } from './profile.ts';
import type { Question } from './question.ts';
import type { AskRequest, FusionCluster, FusionNode, Vote } from './types.ts';

/** One seat's work. It may be given to another node of the same model when the first one fails. */
export interface Task {
  readonly seat: number;
  readonly member?: PoolMember;
  /** Order in which the options are shown, for written answers. */
  readonly order: readonly number[];
  readonly greedy: boolean;
}

/** The task of a seat: the n-th node of its model takes the n-th member of the model's profile. */
export function taskFor(
  question: Question,
  node: FusionNode,
  seat: number,
  ofModel: number,
  greedy: boolean,
): Task {
  if (question.strategy.asks === 'scores') {
    const { members } = profileOf(node.model);
    const member = members[ofModel % members.length] as PoolMember;
    // Once round the profile, the same formats are used again with the options in another order.
    const turn = Math.floor(ofModel / members.length);
    return { seat, member: { ...member, rotation: member.rotation + turn }, order: [], greedy };
  }
  return {
    seat,
    order: rotation(
      question.options.length,
      question.options.length > 0 ? seat % question.options.length : 0,
    ),
    greedy,
  };
}

/** Runs a task on a node. @throws what the cluster throws */
export async function carryOut(
  question: Question,
  task: Task,
  node: FusionNode,
  cluster: FusionCluster,
  signal: AbortSignal,
): Promise<Vote> {
  const start = performance.now();
  const done = task.member
    ? await scored(question, task.member, node, cluster, signal)
    : await written(question, task, node, cluster, signal);
  return {
    node: node.id,
    model: node.model,
    class: node.class,
    weight: task.member?.weight ?? 1,
    ms: performance.now() - start,
    ...done,
  };
}

/** All but who and when. */
type Result = Omit<Vote, 'node' | 'model' | 'class' | 'weight' | 'ms'>;

async function scored(
  question: Question,
  member: PoolMember,
  node: FusionNode,
  cluster: FusionCluster,
  signal: AbortSignal,
): Promise<Result> {
  const { text, options } = question;
  const { format, order, calls, prior } = memberCalls(member, text, options);
  const answers = await Promise.all([...calls, ...prior].map((call) => cluster.score(node.id, call, signal)));
  const scores = format.read(answers.slice(0, calls.length), order);
  const opinion = opinionOf(
    member,
    scores,
    prior.length === 0 ? [] : format.read(answers.slice(calls.length), order),
  );
  if (opinion.length !== options.length || !opinion.every(Number.isFinite))
    throw new Error('scores are no numbers');
  const option = opinion.indexOf(Math.max(...opinion));
  const logprob = opinion[option] as number;
  const tokens = answers.flat().reduce((sum, score) => sum + score.tokens, 0);
  return {
    text: options[option] as string,
    key: String(option),
    option,
    format: `${member.format}${format.ordered ? `@${member.rotation}` : ''}`,
    opinion,
    logprob,
    confidence: Math.exp(logprob),
    tokens,
  };
}

async function written(
  question: Question,
  task: Task,
  node: FusionNode,
  cluster: FusionCluster,
  signal: AbortSignal,
): Promise<Result> {
  const { options, kind, request } = question;
  const shown = task.order.map((at) => options[at] as string);
  const answer = await cluster.ask(node.id, askRequest(question, task, shown), signal);
  const found = canonical(answer.text, kind, shown);
  const logprob = meanLogprob(answer.logprobs);
  const base = {
    text: answer.text,
    logprob,
    confidence: windowConfidence(answer.logprobs),
    tokens: answer.tokens,
  };
  if (found === undefined) {
    const wanted =
      kind === 'choice' ? 'none of the options' : kind === 'text' ? 'nothing' : `no ${NOUN[kind]}`;
    return { ...base, key: '', error: `answer holds ${wanted}` };
  }
  if (found.option === undefined || request.options === undefined) {
    const option = found.option === undefined ? undefined : task.order[found.option];
    return {
      ...base,
      key: option === undefined ? found.key : String(option),
      ...(option === undefined ? {} : { option }),
    };
  }
  const option = task.order[found.option] as number;
  return { ...base, key: String(option), option };
}

const NOUN = { number: 'number', json: 'JSON value', short: 'words' } as const;

function askRequest(
  { messages, options, text, request }: Question,
  task: Task,
  shown: readonly string[],
): AskRequest {
  const listed =
    options.length === 0
      ? messages
      : [
          ...messages.slice(0, -1),
          {
            role: 'user',
            content: `${text}\n${shown.map((option, i) => `${LETTERS[i]}. ${option}`).join('\n')}\nAnswer with the letter of the right option only.`,
          },
        ];
  return {
    messages: listed,
    temperature: task.greedy ? 0 : (request.temperature ?? 0.7),
    topP: request.topP ?? 0.95,
    maxTokens: request.maxTokens ?? 256,
    ...(request.seed === undefined ? {} : { seed: request.seed + task.seat }),
    ...(request.jsonSchema === undefined ? {} : { jsonSchema: request.jsonSchema }),
  };
}
