/**
 * Sessions as text: lines behind `llambo> ` (and `... `) are typed, what follows is what must come. With
 * LLAMBO_TRANSCRIPTS=write the files are written anew: read the difference before you keep it.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { type StandIn, standIn } from './stand-in.ts';
import { open } from './support.ts';

const folder = new URL('../../../../testdata/dish/', import.meta.url);
let cluster: StandIn | undefined;

afterEach(async () => {
  await cluster?.close();
  cluster = undefined;
});

/** The commands of a transcript, each with its continuation lines. */
function commandsOf(text: string): string[] {
  const commands: string[] = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('llambo> ')) commands.push(line.slice(8));
    else if (line.startsWith('... ')) commands.push(`${commands.pop()}\n${line.slice(4)}`);
  }
  return commands;
}

for (const name of readdirSync(folder).filter((file) => file.endsWith('.txt'))) {
  test(name, async () => {
    const text = readFileSync(new URL(name, folder), 'utf8');
    const head = text.slice(0, text.indexOf('llambo> '));
    cluster = await standIn();
    const { session, io } = await open({ cluster: cluster.address, interactive: true });
    let shown = head;
    for (const command of commandsOf(text)) {
      shown += `llambo> ${command.replaceAll('\n', '\n... ')}\n`;
      await session.run(command);
      await session.jobs.waitAll(session.signal);
      shown += io.take().replaceAll(cluster.address, 'unix!/home/glenda/.llambo/state/llambo.sock');
      for (const notice of io.notices.splice(0)) shown += `${notice}\n`;
    }
    await session.close();
    if (process.env['LLAMBO_TRANSCRIPTS'] === 'write') writeFileSync(new URL(name, folder), shown);
    else expect(shown).toBe(text);
  });
}
