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

/** `4 of 5 nodes, 75% agree, majority, 812 ms` */
export const fusionFigures = (result: FusionResult): string =>
  [
    ...(result.abstained ? [`no consensus: ${result.reason}`] : []),
    `${result.responded} of ${result.asked} nodes`,
    `${Math.round(result.agreement.share * 100)}% agree`,
    result.strategy,
    `${Math.round(result.ms)} ms`,
  ].join(', ');
