/** limbot as a person uses it: at a pseudo-terminal, against a cluster in this process. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Orchestrator } from '../../src/index.ts';
import { KEY, Program, type Terminal } from '../cli/support/program.ts';
import { EchoModels, startEcho } from '../cluster/support.ts';
import { type Served, serve } from '../gateway/support.ts';

let program: Program;
let cluster: Orchestrator;
let served: Served;
let slow: Orchestrator;
let slowly: Served;

beforeAll(async () => {
  program = await Program.make();
  cluster = await startEcho(
    new EchoModels(),
    'classes: { tiny: { count: 2, model: m, capacity: 2 }, big: { count: 1, model: n } }',
  );
  served = await serve(cluster);
  slow = await startEcho(new EchoModels({ tokenMs: 40 }));
  slowly = await serve(slow);
}, 60_000);

afterAll(async () => {
  program?.close();
  await served?.gateway.close();
  await slowly?.gateway.close();
  await cluster?.stop();
  await slow?.stop();
});

const chat = (options: readonly string[] = [], size: { columns?: number; rows?: number } = {}): Terminal =>
  program.terminal(['limbot', '--addr', served.url, '--set', 'max_tokens=6', ...options], size);

const PROMPT = /You: $/;
const ready = (terminal: Terminal): Promise<string> => terminal.until((text) => PROMPT.test(`${text} `));
/** Says it, and waits for the next prompt. */
async function say(terminal: Terminal, text: string): Promise<string> {
  const prompts = (): number => terminal.all.match(/^You:/gm)?.length ?? 0;
  const before = prompts();
  terminal.type(`${text}${KEY.enter}`);
  await terminal.until(() => prompts() > before && PROMPT.test(`${terminal.text} `));
  return terminal.text;
}

async function leave(terminal: Terminal): Promise<void> {
  terminal.type(KEY.ctrlD);
  expect(await terminal.ended()).toBe(0);
}

describe('a conversation', { timeout: 60_000 }, () => {
  test('asks, answers, tells the figures, and goes on', async () => {
    const terminal = chat();
    await ready(terminal);
    const screen = await say(terminal, 'What is AI?');
    expect(screen).toMatch(/^You: What is AI\?\necho: (\w+ ){4}\w+\n6 tokens, .*worker-000\d \(tiny, m\)/);
    // What was said is sent again: the echo depends on all of it.
    await say(terminal, 'Go on');
    await leave(terminal);
    const history = readFileSync(join(program.home, 'usr', 'limbot-history.txt'), 'utf8');
    expect(history).toMatch(
      / 1 user What is AI\?\n.* 1 end\n\n.* 2 assistant echo: .*\n.* 2 end reason=length model=m node=worker-000\d class=tiny prompt=4 cached=0 completion=6\n\n.* 3 user Go on\n/,
    );
  });

  test('edits lines, remembers them, searches them', async () => {
    const terminal = chat(['-q']);
    await ready(terminal);
    terminal.type(`world${KEY.ctrlA}hello `);
    await terminal.until('You: hello world');
    await say(terminal, '');
    terminal.type(KEY.up);
    await terminal.until((text) => text.split('hello world').length === 3);
    terminal.type(KEY.ctrlC);
    await ready(terminal);
    // From the session before, too.
    terminal.type(`${KEY.ctrlR}is AI`);
    await terminal.until('What is AI?');
    terminal.type(KEY.ctrlC);
    await ready(terminal);
    await leave(terminal);
  });

  test('takes several lines: pasted, with a backslash, between triple quotes', async () => {
    const terminal = chat(['-q']);
    await ready(terminal);
    terminal.type(KEY.paste('one\ntwo'));
    await terminal.until('... two');
    await say(terminal, '');
    terminal.type(`three \\${KEY.enter}`);
    await terminal.until('... ');
    await say(terminal, 'four');
    terminal.type(`"""five${KEY.enter}six${KEY.enter}`);
    await say(terminal, '"""');
    await leave(terminal);
    const [{ id }] = JSON.parse((await program.run(['limbot', '-l', '--json'])).stdout).slice(-1);
    const { messages } = JSON.parse((await program.run(['limbot', '--export', id, '--json'])).stdout);
    const asked = messages.filter(({ role }: { role: string }) => role === 'user');
    expect(asked.map(({ content }: { content: string }) => content)).toEqual([
      'one\ntwo',
      'three \nfour',
      'five\nsix',
    ]);
  });

  test('Ctrl-C stops the answer, not the program; what came is kept', async () => {
    const terminal = program.terminal(['limbot', '--addr', slowly.url, '--set', 'max_tokens=2000']);
    await ready(terminal);
    terminal.type(`Tell me everything${KEY.enter}`);
    await terminal.until(/echo: (\w+ ){5}/);
    expect(slow.status().load).toBe(1);
    terminal.type(KEY.ctrlC);
    await terminal.until('(stopped)');
    await ready(terminal);
    while (slow.status().load > 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await say(terminal, '/undo');
    expect(terminal.text).toContain('taken back: Tell me everything');
    await leave(terminal);
    const history = readFileSync(join(program.home, 'usr', 'limbot-history.txt'), 'utf8');
    expect(history).toMatch(/assistant echo: .*\n.* end reason=stopped\n\n.* \d+ undo\n/);
  });

  test('a narrow window and wide characters do not break the line', async () => {
    const terminal = chat(['-q'], { columns: 24, rows: 10 });
    await ready(terminal);
    terminal.type('漢字と日本語を書きます。');
    await terminal.until((text) => text.replace(/\n/g, '').includes('漢字と日本語を書きます。'));
    terminal.type('x'.repeat(30));
    await terminal.until((text) => text.replace(/\n/g, '').includes(`。${'x'.repeat(30)}`));
    terminal.resize(60, 20);
    await terminal.until(`You: 漢字と日本語を書きます。${'x'.repeat(30)}`);
    await say(terminal, '');
    for (const row of terminal.text.split('\n')) expect(row.length).toBeLessThanOrEqual(60);
    await leave(terminal);
  });

  test('commands', async () => {
    const terminal = chat(['-q'], { columns: 100, rows: 45 });
    await ready(terminal);
    expect(await say(terminal, '/help')).toContain('/fusion QUESTION');
    expect(await say(terminal, '/modl')).toContain('there is no command /modl; did you mean /model?');
    expect(await say(terminal, '/status')).toMatch(/Cluster: 3 nodes, 0% util[\s\S]*healthy/);
    expect(await say(terminal, '/model')).toMatch(/ m +\d+ tokens/);
    expect(await say(terminal, '/class big')).toContain('big answers');
    await say(terminal, '/set stats on');
    expect(await say(terminal, 'Who are you?')).toContain('worker-0003 (big)');
    expect(await say(terminal, '/class nope')).toContain('there is no class nope; tiny, big');
    expect(await say(terminal, '/class -')).toContain('any class answers');
    expect(await say(terminal, '/set temperature 9')).toContain(
      'temperature: expected a number from 0 to 2, got 9',
    );
    expect(await say(terminal, '/set seed 7')).toContain('seed=7');
    expect(await say(terminal, '/set save')).toContain('limbot.conf is written');
    expect(readFileSync(join(program.home, 'usr', 'limbot.conf'), 'utf8')).toContain('seed=7\n');
    writeFileSync(join(program.home, 'usr', 'limbot.conf'), '');
    expect(await say(terminal, '/system Be brief.')).toContain('Be brief.');
    expect(await say(terminal, '/stats')).toMatch(/answers +1\n/);
    await say(terminal, '/retry');
    expect(await say(terminal, '/stats')).toMatch(/answers +2\n/);
    writeFileSync(join(program.home, 'notes.txt'), 'milk, eggs\n');
    terminal.type(`/file no${KEY.tab}`);
    await terminal.until('/file notes.txt');
    expect(await say(terminal, '')).toContain('notes.txt, 11 bytes, goes before the next question');
    await say(terminal, 'What must I buy?');
    expect(await say(terminal, '/save shopping')).toContain('is called shopping');
    expect(await say(terminal, '/save talk.md')).toContain('talk.md is written');
    expect(readFileSync(join(program.home, 'talk.md'), 'utf8')).toContain(
      'notes.txt:\n```\nmilk, eggs\n```\n\nWhat must I buy?',
    );
    await say(terminal, '/clear');
    expect(await say(terminal, '/undo')).toContain('there is nothing to take back');
    expect(await say(terminal, '/load shopping')).toContain('shopping: 4 turns');
    expect(await say(terminal, '/history buy must')).toContain('What must I buy?');
    await say(terminal, '/copy');
    const answer = /\x1b\]52;c;([A-Za-z0-9+/=]+)\x07/.exec(terminal.screen.raw)?.[1] as string;
    expect(Buffer.from(answer, 'base64').toString()).toMatch(/^echo: /);
    terminal.type(`/quit${KEY.enter}`);
    expect(await terminal.ended()).toBe(0);
  });

  test('goes on with an earlier conversation', async () => {
    const terminal = chat(['-q', '-r', 'shopping']);
    await terminal.until('shopping: 4 turns');
    await ready(terminal);
    await leave(terminal);
  });
});

describe('no cluster', { timeout: 60_000 }, () => {
  test('is told, with what helps, and the exit status is 3', async () => {
    const { code, stderr } = await program.run(['limbot', 'hello']);
    expect(code).toBe(3);
    expect(stderr).toContain('no cluster is running in this home; llamboctl up -d starts one');
    const away = await program.run(['limbot', '--addr', '127.0.0.1:9', 'hello']);
    expect([away.code, away.stderr]).toEqual([
      3,
      expect.stringContaining('no cluster answers at http://127.0.0.1:9'),
    ]);
  });

  test('in a terminal it offers to start one', async () => {
    const terminal = program.terminal(['limbot']);
    await terminal.until('Start one now, in the background? [Y/n]');
    terminal.type(`n${KEY.enter}`);
    expect(await terminal.ended()).toBe(3);
  });
});

describe('one question', { timeout: 60_000 }, () => {
  const once = (...args: string[]) => ['limbot', '--addr', served.url, '--max-tokens', '4', ...args];

  test('the answer and nothing else on standard output', async () => {
    const { code, stdout, stderr } = await program.run(once('What', 'is', 'AI?'));
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^echo: \w+ \w+ \w+\n$/)]);
    expect(stderr).toMatch(/^4 tokens, /);
    expect(stdout + stderr).not.toContain('\x1b');
  });

  test('text from a pipe and from files', async () => {
    writeFileSync(join(program.home, 'a.txt'), 'file text');
    await program.run(once('-q', '-f', 'a.txt', 'summarise'), 'piped text\n');
    const { stdout } = await program.run(['limbot', '--export', 'last', '--json']);
    expect(JSON.parse(stdout).messages[0].content).toBe(
      'a.txt:\n```\nfile text\n```\n\nsummarise\n\npiped text',
    );
    const json = await program.run(once('--json'), 'only piped');
    expect(JSON.parse(json.stdout)).toMatchObject({
      answer: expect.stringMatching(/^echo: /),
      completionTokens: 4,
    });
    const nothing = await program.run(once());
    expect([nothing.code, nothing.stderr]).toEqual([2, expect.stringContaining('limbot wants a question')]);
  });

  test('too much is refused before it is sent, and what fits is', async () => {
    const generated = (): number => cluster.nodes.reduce((sum, node) => sum + node.counters.tokens, 0);
    const before = generated();
    const { code, stderr } = await program.run(once('x'), 'word '.repeat(5000));
    expect([code, stderr]).toEqual([1, expect.stringContaining('this is too long: ')]);
    expect(generated()).toBe(before);
    const fits = await program.run(once('x'), 'word '.repeat(1500));
    expect(fits.code).toBe(0);
  });

  test('what was said is found', async () => {
    await program.run(once('-q', 'The password is swordfish'));
    const { stdout } = await program.run(['limbot', '--search', 'SWORDFISH']);
    expect(stdout).toMatch(/^[a-z0-9]{10} {2}user {2}The password is swordfish\n$/);
  });
});
