/** A vote of nodes through the files of the cluster: fusion/clone, N/{ctl,data,status} of llambo(4). */
import { ORDWR, OREAD, type RemoteFile } from '@llambo/styx';
import { quote, readAttributes } from '../attributes.ts';
import type { FusionRequest, FusionResult, FusionVote } from './client.ts';

const READ = 64 * 1024;

type Open = (path: string, mode: number) => Promise<RemoteFile>;

/** Votes are told when they are all there. @throws as the files do */
export async function fuseByFiles(
  open: Open,
  { messages, options = [], strategy, nodes, model }: FusionRequest,
  onVote: (vote: FusionVote) => void,
  signal?: AbortSignal,
): Promise<FusionResult> {
  const control = await open('fusion/clone', ORDWR);
  try {
    const number = (await textOf(control, 64, true)).trim();
    const settings = [
      ...(strategy === undefined ? [] : [`strategy ${quote(strategy)}`]),
      ...(nodes === undefined ? [] : [`nodes ${nodes}`]),
      ...(model === undefined ? [] : [`model ${quote(model)}`]),
      ...options.map((option) => `option ${quote(option)}`),
    ];
    for (const line of settings) await control.write(0, Buffer.from(line));
    const query = messages.map(({ content }) => content).join('\n\n');
    let answer = '';
    let abstained: string | undefined;
    const data = await open(`fusion/${number}/data`, ORDWR);
    try {
      const bytes = Buffer.from(query);
      for (let at = 0; at < bytes.length; ) at += await data.write(at, bytes.subarray(at, at + data.iounit));
      answer = await textOf(data, READ, false, signal);
    } catch (error) {
      abstained = /^no-consensus: ([\s\S]*)$/.exec((error as Error).message)?.[1];
      if (abstained === undefined) throw error;
    } finally {
      await data.clunk().catch(() => {});
    }
    const status = await open(`fusion/${number}/status`, OREAD);
    const text = await textOf(status, READ, false).finally(() => status.clunk());
    return parseFusion(text, answer.trimEnd(), abstained, onVote);
  } finally {
    await control.clunk().catch(() => {});
  }
}

async function textOf(file: RemoteFile, count: number, once: boolean, signal?: AbortSignal): Promise<string> {
  const parts: Buffer[] = [];
  for (let offset = 0; ; ) {
    const bytes = await file.read(offset, count, signal === undefined ? undefined : { signal });
    if (bytes.length > 0) parts.push(Buffer.from(bytes));
    if (bytes.length === 0 || once) return Buffer.concat(parts).toString();
    offset += bytes.length;
  }
}

/** What N/status says: a vote begins with its node. */
export function parseFusion(
  text: string,
  answer: string,
  abstained: string | undefined,
  onVote: (vote: FusionVote) => void,
): FusionResult {
  const votes: Record<string, string>[] = [];
  const summary: Record<string, string> = {};
  let into: Record<string, string> = summary;
  for (const [name, value] of readAttributes(text.replace(/^vote (?=node=)/gm, ''))) {
    if (name === 'node') votes.push((into = {}));
    else if (name === 'strategy') into = summary;
    into[name] = value;
  }
  for (const { node = '', text: said = '', error } of votes)
    onVote({ node, text: said, ...(error === undefined ? {} : { error }) });
  return {
    answer,
    abstained: abstained !== undefined,
    ...(abstained === undefined ? {} : { reason: abstained }),
    strategy: summary['strategy'] ?? '',
    agreement: { share: Number(summary['share'] ?? 0) },
    responded: Number(summary['responded'] ?? 0),
    asked: Number(summary['asked'] ?? 0),
    ms: Number(summary['ms'] ?? 0),
  };
}
