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
  const votes: unknown[] = [];
  try {
    const result = await cluster.fuse(
      request,
      (vote) => {
        votes.push(vote);
        if (parsed.flag('votes') && !json)
          process.stderr.write(`${dim(process.stderr, `${vote.node}: ${oneLine(vote.answer)}`)}\n`);
      },
      abort.signal,
    );
    process.stdout.write(json ? `${JSON.stringify({ ...result, votes })}\n` : `${result.answer.trimEnd()}\n`);
    return EXIT.ok;
  } catch (error) {
    if (abort.signal.aborted) return EXIT.interrupted;
    throw error;
  }
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();
