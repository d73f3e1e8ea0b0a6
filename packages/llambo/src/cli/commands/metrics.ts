import { connect } from '../client/connect.ts';
import { EXIT, type Parsed } from '../spec.ts';

export async function run(_args: readonly string[], parsed: Parsed): Promise<number> {
  const cluster = await connect(parsed.text('addr'));
  const text = await cluster.metrics();
  await cluster.close();
  const [prefix] = parsed.words;
  process.stdout.write(prefix === undefined ? text : withPrefix(text, prefix));
  return EXIT.ok;
}

/** The families whose names begin so, with their HELP and TYPE lines. */
export function withPrefix(text: string, prefix: string): string {
  return text
    .split('\n')
    .filter((line) => line.replace(/^# (HELP|TYPE) /, '').startsWith(prefix))
    .map((line) => `${line}\n`)
    .join('');
}
