import { readFileSync } from 'node:fs';
import { connect } from '../client/connect.ts';
import { EXIT, type Parsed } from '../spec.ts';

export async function run(_args: readonly string[], parsed: Parsed): Promise<number> {
  const mine = ownVersion();
  const cluster = await connect(parsed.text('addr'))
    .then((client) => client.status())
    .then(({ version }) => version ?? 'unknown')
    .catch(() => undefined);
  if (parsed.flag('json'))
    process.stdout.write(
      `${JSON.stringify({ llamboctl: mine, node: process.version, cluster: cluster ?? null })}\n`,
    );
  else
    process.stdout.write(
      `llamboctl ${mine}, node ${process.version}\n${cluster === undefined ? 'no cluster answers' : `cluster ${cluster}`}\n`,
    );
  return EXIT.ok;
}

/** Of the package that this file is in, wherever the build put it. */
export function ownVersion(): string {
  for (let folder = new URL('.', import.meta.url); ; folder = new URL('..', folder)) {
    try {
      const { name, version } = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8')) as {
        name: string;
        version: string;
      };
      if (name === 'llambo') return version;
    } catch {
      // not here: one folder up
    }
    if (folder.pathname === '/' || new URL('..', folder).href === folder.href) return 'unknown';
  }
}
