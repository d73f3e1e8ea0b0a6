/** The shell as a person meets it: through a pseudo-terminal, key by key. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Fsys } from '@llambo/styx';
import { connect } from '@llambo/styx/node';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { serveFiles } from '../../src/cluster/serve.ts';
import { Program, type Terminal } from '../cli/support/program.ts';
import { EchoModels, startEcho } from '../cluster/support.ts';
import { tick } from '../terminal/screen.ts';
import { type StandIn, standIn } from './stand-in.ts';

const PROMPT = 'llambo>';

let program: Program;
let cluster: StandIn;

beforeAll(async () => {
  program = await Program.make();
}, 60_000);

afterAll(() => program.close());

beforeEach(async () => {
  cluster = await standIn();
});

afterEach(() => cluster.close());

/** A dish at a terminal. */
class Dish {
  readonly terminal: Terminal;

  constructor(terminal: Terminal) {
    this.terminal = terminal;
  }

  type(text: string): void {
    this.terminal.type(text);
  }

  get screen(): Terminal['screen'] {
    return this.terminal.screen;
  }

  until(holds: () => boolean): Promise<string> {
    return this.terminal.until(holds);
  }

  /** The screen shows `text`. */
  shows(text: string): Promise<string> {
    return this.terminal.until(text);
  }

  /** There is a prompt in the last row, with nothing behind it. */
  prompt(): Promise<string> {
    return this.until(() => this.screen.all.split('\n').at(-1) === PROMPT);
  }

  /** Types a line and gives what it prints. */
  async run(line: string): Promise<string> {
    await this.prompt();
    const before = this.screen.all.length;
    this.type(`${line}\r`);
    await this.until(() => {
      const text = this.screen.all.slice(before);
      return text.includes('\n') && text.endsWith(`\n${PROMPT}`);
    });
    return this.screen.all.slice(before).split('\n').slice(1, -1).join('\n');
  }

  ends(): Promise<number> {
    return this.terminal.ended();
  }
}

function start(args: readonly string[] = [], options: Parameters<Program['terminal']>[1] = {}): Dish {
  return new Dish(
    program.terminal(['dish', '--addr', cluster.address, ...args], { columns: 60, rows: 20, ...options }),
  );
}

test('types, edits, completes, interrupts, pastes, and leaves the terminal as it was', async () => {
  const t = start();
  expect(await t.run('status')).toBe('Cluster: 4 nodes, 67% util');
  // Editing: the cursor goes back and a letter is put in.
  expect(await t.run('echo helo\x1b[Dl')).toBe('hello');
  // History and search.
  expect(await t.run('\x1b[A\x1b[A')).toBe('Cluster: 4 nodes, 67% util');
  expect(await t.run('\x12hel')).toBe('hello');
  // Completion of a command, a node's name, a path across the mount.
  t.type('stat\t');
  await t.shows('llambo> stat\nstat    status');
  t.type('u\t-l wor\t');
  await t.shows('status -l worker-000');
  t.type('\x15ls /n/lla\twor\t1/mo\t\r');
  await t.shows('llama-1b.gguf');
  await t.prompt();
  // Ctrl-C drops a line, and ends a command but not the shell.
  t.type('half a line\x03');
  await t.shows('half a line^C');
  await t.prompt();
  t.type('ask slow\r');
  await t.shows('word 3');
  t.type('\x03');
  await t.prompt();
  expect(await t.run('echo $status')).toBe('interrupted');
  t.type('while(true) x=1\r');
  await tick(100);
  t.type('\x03');
  await t.prompt();
  t.type('sleep 100\r\x03');
  await t.prompt();
  // A paste of several lines is one text until Enter.
  t.type('\x1b[200~echo one\necho two\x1b[201~');
  await t.shows('... echo two');
  t.type('\r');
  await t.shows('one\ntwo');
  // An open quote goes on in another line.
  t.type("echo 'a\r");
  await t.shows('...');
  t.type("b'\r");
  await t.shows('\na\nb\n');
  // Ctrl-Z where nobody could let it go on: the line is still there.
  t.type('echo sus\x1a');
  await tick(300);
  t.type('pended\r');
  await t.shows('\nsuspended');
  await t.prompt();
  // Wide characters.
  expect(await t.run('echo 日本語🙂\x7f\x7fx')).toBe('日本x');
  // What a command reads is typed into it.
  t.type('read name\r');
  await tick(50);
  t.type('glenda\r');
  expect(await t.run('echo $name')).toBe('glenda');
  // Keys typed ahead are for the next line.
  t.type('sleep 0.2\recho typed ahead\r');
  await t.shows('\ntyped ahead');
  expect(t.screen.raw).toContain('\x1b[?2004h');
  await t.prompt();
  t.type('exit 3\r');
  expect(await t.ends()).toBe(3);
  expect(t.screen.raw.trimEnd().endsWith('\x1b[?2004l')).toBe(true);
  expect(readFileSync(join(program.home, 'usr', 'dish-history.txt'), 'utf8')).toContain(
    'echo one\\necho two\n',
  );
});

test('draws the line again when the window changes, and fits a narrow one', async () => {
  const t = start([], { columns: 50 });
  await t.prompt();
  t.type('echo the quick brown fox jumps over the lazy dog');
  await t.shows('zy dog');
  for (const columns of [24, 70, 13]) {
    t.terminal.resize(columns, 20);
    await t.until(() =>
      t.screen.all.replace(/\s/g, '').endsWith('llambo>echothequickbrownfoxjumpsoverthelazydog'),
    );
  }
  t.type('\r');
  await t.until(() =>
    t.screen.all.replace(/\s/g, '').endsWith('dogthequickbrownfoxjumpsoverthelazydogllambo>'),
  );
});

test('shows Markdown, events between prompts, jobs, and offers bare text as a question', async () => {
  const t = start();
  await t.run('ask markdown');
  expect(t.screen.text).toContain('Title\n\n • one\n • two');
  await t.run('events on');
  t.type('half');
  await t.shows('llambo> half');
  cluster.emit('12:34:56 spawned 5 tiny nodes');
  await t.shows('12:34:56 spawned 5 tiny nodes\nllambo> half');
  t.type('\x15{sleep 0.1; echo from a job} &\r');
  await t.shows('\nfrom a job\nllambo>');
  t.type("What's AI?\r");
  await t.shows("llambo> ask 'What''s AI?'");
  t.type('\r');
  await t.shows("?IA s'tahW");
  expect(await t.run('statu')).toBe('statu: no such command; did you mean status?');
  t.type('\x04');
  await t.ends();
});

test('is driven by other programs through its socket', async () => {
  const t = start([], { columns: 120 });
  const address = /address=(\S+)/.exec(await t.run('cat /n/dish/status'))?.[1]?.replaceAll("'", '');
  const client = await connect(address as string);
  const fs = new Fsys(await client.attach());
  expect(await fs.readText('status')).toContain('dish: 0 jobs');
  const data = await fs.open('data', 2);
  await data.write(new TextEncoder().encode('x=driven; status; pwd'));
  let text = '';
  for await (const bytes of data) text += new TextDecoder().decode(bytes);
  expect(text).toContain('Cluster: 4 nodes, 67% util\n/n/local');
  await data.close();
  expect(await t.run('echo $x')).toBe('driven');
  t.type('sleep 100\r');
  await tick(100);
  await fs.ctl('ctl', 'interrupt');
  await t.prompt();
  // The connection goes with the shell, maybe before the file is closed.
  await fs.ctl('ctl', 'exit').catch(() => {});
  await t.ends();
  client.close();
});

test('goes on when the cluster comes back', async () => {
  const t = start();
  expect(await t.run('status')).toBe('Cluster: 4 nodes, 67% util');
  await cluster.breakConnections();
  expect(await t.run('status')).toBe('Cluster: 4 nodes, 67% util');
  t.type('exit\r');
  await t.ends();
});

test('writes no escape codes with TERM=dumb', async () => {
  const t = start([], { env: { TERM: 'dumb' } });
  await t.shows('llambo>');
  t.type('status\r');
  await t.shows('Cluster: 4 nodes, 67% util');
  expect(t.screen.raw).not.toContain('\x1b');
  t.type('exit\r');
  expect(await t.ends()).toBe(0);
});

test('a script ends with Ctrl-C and says so', async () => {
  const t = start(['-c', 'echo started; sleep 100; echo never']);
  await t.shows('started');
  t.type('\x03');
  expect(await t.ends()).toBe(130);
  expect(t.screen.text).not.toContain('never');
});

test('the flow of the seed, with a real orchestrator and its nodes', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dish-'));
  const real = await startEcho(new EchoModels(), 'classes: { tiny: { count: 3, model: m, capacity: 2 } }');
  const doors = await serveFiles(real, { local: `unix!${join(folder, 'sock')}` });
  try {
    const t = new Dish(program.terminal(['dish', '--addr', doors.local], { columns: 80, rows: 24 }));
    expect(await t.run('status')).toBe('Cluster: 3 nodes, 0% util');
    t.type('ask -w wor\t2 max_tokens=3 hi\r');
    await t.shows('echo: ');
    await t.prompt();
    expect(real.node('worker-0002')?.counters.requests).toBe(1);
    await t.run('events on');
    t.type('spawn tiny 2\r');
    await t.shows('spawned 2 tiny nodes');
    expect(await t.run('status')).toBe('Cluster: 5 nodes, 0% util');
    t.type('ask max_tokens=5000 a long answer\r');
    await t.until(() => real.nodes.some(({ load }) => load > 0));
    t.type('\x03');
    await t.prompt();
    // The node is free again.
    await t.until(() => real.nodes.every(({ load }) => load === 0));
    t.type('exit\r');
    expect(await t.ends()).toBe(130);
  } finally {
    await doors.close();
    await real.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
