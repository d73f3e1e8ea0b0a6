import type { ClusterEvent } from '../../cluster/events.ts';
import { connect } from '../client/connect.ts';
import { EXIT, type Parsed } from '../spec.ts';
import { clock } from '../words.ts';

export async function run(_args: readonly string[], parsed: Parsed): Promise<number> {
  const cluster = await connect(parsed.text('addr'));
  const count = parsed.number('count') ?? 20;
  const print = (event: ClusterEvent): void => {
    const line = parsed.flag('json') ? JSON.stringify(event) : `${clock(event.at)} ${event.text}`;
    process.stdout.write(`${line}\n`);
  };
  const abort = new AbortController();
  process.once('SIGINT', () => abort.abort());
  let past: ClusterEvent[] | undefined = [];
  const live = (): void => {
    if (count > 0) past?.slice(-count).forEach(print);
    past = undefined;
    if (!parsed.flag('follow')) abort.abort();
  };
  await cluster.events(abort.signal, (event) => (past === undefined ? print(event) : past.push(event)), live);
  if (past !== undefined) live();
  return EXIT.ok;
}
