import type { FusionResult, FusionVote } from '../client/client.ts';
import { connect } from '../client/connect.ts';
import { EXIT, type Parsed } from '../spec.ts';
import { dim } from '../terminal.ts';

export async function run(_args: readonly string[], parsed: Parsed): Promise<number> {
  const cluster = await connect(parsed.text('addr'));
  const abort = new AbortController();
  process.once('SIGINT', () => abort.abort());
  const options = parsed.texts('option');
  const request = {
    messages: [{ role: 'user' as const, content: parsed.words.join(' ') }],
    ...(options.length > 0 ? { options } : {}),
    strategy: parsed.text('strategy'),
    nodes: parsed.number('nodes'),
    model: parsed.text('model'),
  };
  const json = parsed.flag('json');
  const note = (text: string): boolean => process.stderr.write(`${dim(process.stderr, text)}\n`);
  const onVote = (vote: FusionVote): void => {
    if (parsed.flag('votes') && !json) note(voteLine(vote));
  };
  try {
    const result = await cluster.fuse(request, onVote, abort.signal);
    if (json) process.stdout.write(`${JSON.stringify(result)}\n`);
    else if (!result.abstained) process.stdout.write(`${result.answer.trimEnd()}\n`);
    const pooled = json ? undefined : poolLine(result);
    if (pooled !== undefined && parsed.flag('votes')) note(pooled);
    if (!json) note(fusionFigures(result));
    return result.abstained ? EXIT.failure : EXIT.ok;
  } catch (error) {
    if (abort.signal.aborted) return EXIT.interrupted;
    throw error;
  }
}

/** `worker-0003: what it said`, on one line. */
export const voteLine = ({ node, text, error }: FusionVote): string =>
  `${node}: ${error ?? text.replace(/\s+/g, ' ').trim()}`;

const percent = (share: number): string => `${Math.round(share * 100)}%`;

/** `4 of 5 nodes, 75% agree, majority, 812 ms` */
export const fusionFigures = (result: FusionResult): string =>
  [
    ...(result.abstained ? [`no consensus: ${result.reason}`] : []),
    `${result.responded} of ${result.asked} nodes`,
    `${percent(result.agreement.share)} agree`,
    result.strategy,
    `${Math.round(result.ms)} ms`,
  ].join(', ');

/**
 * Why a pool answers what it answers: it joins what nodes think of every option, so that its answer may be the first choice
 * of few of them, which the votes alone would not explain. Undefined for other strategies.
 */
export function poolLine({
  strategy,
  answer,
  abstained,
  agreement,
  ...result
}: FusionResult): string | undefined {
  if (strategy !== 'pool' || abstained) return undefined;
  const { votes = [], dissent = [] } = result;
  const likely = [{ text: answer, share: agreement.share }, ...dissent];
  const counted = votes.filter(({ error }) => error === undefined);
  const first = counted.filter(({ text }) => text === answer).length;
  const few = counted.length > 0 && first * 2 <= counted.length;
  return [
    `all opinions together: ${likely.map(({ text, share }) => `${text} ${percent(share)}`).join(', ')}`,
    ...(few
      ? [
          `first choice of ${first} of ${counted.length} (sure opinions outweigh torn ones, nodes that are asked alike share a weight)`,
        ]
      : []),
  ].join('; ');
}
