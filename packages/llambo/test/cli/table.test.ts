import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bash } from '../../src/cli/completion/bash.ts';
import { fish } from '../../src/cli/completion/fish.ts';
import { zsh } from '../../src/cli/completion/zsh.ts';
import { exitCodeOf, nearest, UsageError } from '../../src/cli/errors.ts';
import { commandHelp, overview } from '../../src/cli/help.ts';
import { manual } from '../../src/cli/manual.ts';
import { parseWords } from '../../src/cli/parse.ts';
import type { Command } from '../../src/cli/spec.ts';
import { COMMANDS } from '../../src/cli/table/index.ts';
import { LlamboError } from '../../src/errors.ts';
import { limbotManual } from '../../src/limbot/manual.ts';

const page = (name: string): string =>
  readFileSync(new URL(`../../../../docs/man/${name}`, import.meta.url), 'utf8');
const command = (name: string): Command => COMMANDS.find((each) => each.name === name) as Command;
const parse = (name: string, ...args: string[]) => parseWords(command(name), args);
const pipe = { isTTY: false };

describe('the table of commands', () => {
  test('is what the manual pages are made of', () => {
    expect(page('llamboctl.1.md')).toBe(manual(COMMANDS));
    expect(page('limbot.1.md')).toBe(limbotManual());
  });

  test('names each command, option and letter once', () => {
    const names = COMMANDS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { options = [] } of COMMANDS) {
      const forms = ['help', 'h', ...options.flatMap(({ name, short }) => [name, ...(short ? [short] : [])])];
      expect(new Set(forms).size).toBe(forms.length);
    }
  });

  test('every command can be loaded', async () => {
    for (const { load } of COMMANDS) expect((await load()).run).toBeTypeOf('function');
  }, 120_000);

  test('help has no escape codes outside a terminal', () => {
    expect(overview(COMMANDS, pipe)).not.toContain('\x1b');
    for (const each of COMMANDS) expect(commandHelp(each, pipe)).not.toContain('\x1b');
    expect(overview(COMMANDS, { isTTY: true })).toContain('\x1b');
  });

  test('help of a command', () => {
    expect(commandHelp(command('drain'), pipe)).toBe(`usage: llamboctl drain [--addr ADDR] [-q] [-w] NODE ...

Let nodes finish and take nothing new.

Options
      --addr ADDR  the cluster: HOST:PORT or URL of its gateway, or a dial string such as tcp!host!5640
  -q, --quiet      no progress
  -w, --wait       until they are idle

Examples
  llamboctl drain -w worker-0007
      and wait until it is idle

Exit status
  0 done; 1 it failed; standard error says why; 2 the command line is wrong; 3 no cluster answers; 4 the cluster answers, and is degraded or down; 130 Ctrl-C
`);
  });
});

describe('a command line', () => {
  test('takes options anywhere, in every form', () => {
    for (const line of [
      ['-c', 'f.yaml', '-d', '-q'],
      ['-dq', '--config=f.yaml'],
      ['-qdcf.yaml'],
      ['--quiet', '--config', 'f.yaml', '--detach'],
    ]) {
      const parsed = parse('up', ...line);
      expect([parsed.text('config'), parsed.flag('detach'), parsed.flag('quiet')]).toEqual([
        'f.yaml',
        true,
        true,
      ]);
    }
    expect(parse('spawn', 'tiny', '5', '--addr', 'x:1').words).toEqual(['tiny', '5']);
    expect(parse('limbot', '--', '-m', 'is an option').words).toEqual(['-m', 'is an option']);
    expect(parse('limbot', '-f', 'a', '-f', 'b').texts('file')).toEqual(['a', 'b']);
    expect(parse('ctl', 'drain', '--now').words).toEqual(['drain', '--now']);
    expect(parse('limbot', '-5 degrees').words).toEqual(['-5 degrees']);
  });

  test.each([
    [['up', '--detsch'], 'unknown option --detsch', 'did you mean --detach?'],
    [['up', '-x'], 'unknown option -x', undefined],
    [['up', '-c'], '--config needs a value: FILE', undefined],
    [['up', '--quiet=1'], '--quiet takes no value', undefined],
    [['up', 'now'], 'up: now is one word too many', undefined],
    [['spawn', 'tiny'], 'spawn needs N', undefined],
    [['config', 'shwo'], 'config shwo: choose one of show, validate, edit, schema', 'did you mean show?'],
    [['nodes', '--state', 'dead'], '--state dead: choose one of idle, busy,', undefined],
  ])('%j is refused', ([name, ...args], message, hint) => {
    let error: unknown;
    try {
      parse(name as string, ...args);
    } catch (problem) {
      error = problem;
    }
    expect(error).toBeInstanceOf(UsageError);
    expect((error as UsageError).message).toContain(message);
    expect((error as UsageError).hint).toBe(hint);
  });

  test('any words are taken or refused, never worse', () => {
    fc.assert(
      fc.property(fc.constantFrom(...COMMANDS), fc.array(fc.string()), (each, words) => {
        try {
          parseWords(each, words);
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
        }
      }),
    );
  });

  test('errors have their exit status', () => {
    expect(exitCodeOf(new UsageError('x'))).toBe(2);
    expect(exitCodeOf(new LlamboError('unreachable', 'x'))).toBe(3);
    expect(exitCodeOf(new LlamboError('bad-request', 'x'))).toBe(1);
  });

  test('a slip of the fingers finds what was meant', () => {
    const names = COMMANDS.map(({ name }) => name);
    expect(['statsu', 'limbt', 'spwan', 'stat', 'xyz'].map((word) => nearest(word, names))).toEqual([
      'status',
      'limbot',
      'spawn',
      'status',
      undefined,
    ]);
  });
});

describe('what the documents show can be typed', () => {
  const lines = [
    ...readFileSync(new URL('../../../../docs/tour.md', import.meta.url), 'utf8').matchAll(/^\$ (.*)$/gm),
    ...COMMANDS.flatMap(({ examples = [] }) => examples.map(({ line }) => ['', line])),
  ].map((match) => match[1] as string);

  test.each(lines)('%s', (line) => {
    const words = /llamboctl\s+([^|;&>)]*)/.exec(line)?.[1] ?? '';
    const [name = '', ...args] = [...words.matchAll(/'[^']*'|"[^"]*"|\S+/g)].map(([word]) =>
      word.replace(/^(['"])(.*)\1$/, '$2'),
    );
    parseWords(command(name), args.at(-1) === '<' ? args.slice(0, -1) : args);
  });
});

/** What bash offers for these words, the last of which is being written. */
function complete(script: string, ...words: string[]): string[] {
  const run = `source ${script}; COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _llamboctl; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', run], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.split('\n').filter(Boolean);
}

const hasBash = process.platform !== 'win32' && spawnSync('bash', ['--version']).status === 0;

describe.skipIf(!hasBash)('bash', () => {
  const folder = mkdtempSync(join(tmpdir(), 'llambo-completion-'));
  const script = join(folder, 'llamboctl.bash');
  const fake = join(folder, 'llamboctl');
  writeFileSync(script, bash(COMMANDS));
  writeFileSync(fake, '#!/bin/sh\n[ "$1" = complete ] && echo $2-1 $2-2\n', { mode: 0o755 });
  const offer = (...words: string[]): string[] => complete(script, fake, ...words);

  test('completes commands, options, their values and arguments', () => {
    expect(offer('sta')).toEqual(['start', 'status']);
    expect(offer('up', '--')).toEqual(['--help', '--config', '--detach', '--quiet']);
    expect(offer('nodes', '--state', 'dr')).toEqual(['draining']);
    expect(offer('config', '')).toEqual(['show', 'validate', 'edit', 'schema']);
    expect(offer('drain', '')).toEqual(['node-1', 'node-2']);
    expect(offer('drain', 'node-1', '')).toEqual(['node-1', 'node-2']);
    expect(offer('spawn', 'class')).toEqual(['class-1', 'class-2']);
    expect(offer('spawn', 'tiny', '')).toEqual([]);
    expect(offer('spawn', '--addr', 'x', '')).toEqual(['class-1', 'class-2']);
    expect(offer('spawn', '--addr', '')).toEqual([]);
    expect(offer('autoscale', 'policy', '')).toEqual(['policy-1', 'policy-2']);
    expect(offer('limbot', '-m', '')).toEqual(['model-1', 'model-2']);
    expect(offer('help', 'eve')).toEqual(['events']);
    expect(offer('up', '-c', `${folder}/llamboctl.`)).toEqual([script]);
    rmSync(folder, { recursive: true });
  });

  test('the script is accepted without complaint', () => {
    const { status, stderr } = spawnSync('bash', ['-n'], { input: bash(COMMANDS), encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
  });
});

const shells = [
  ['zsh', '-n', zsh],
  ['fish', '--no-execute', fish],
] as const;

describe.each(shells)('%s', (shell, check, make) => {
  const missing = spawnSync(shell, ['--version']).status !== 0;

  test.skipIf(missing)(`accepts its script (skipped where there is no ${shell})`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'llambo-'));
    try {
      const script = join(folder, 'script');
      writeFileSync(script, make(COMMANDS));
      const { status, stderr } = spawnSync(shell, [check, script], { encoding: 'utf8' });
      expect([status, stderr]).toEqual([0, '']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('its script knows every command and option', () => {
    const text = make(COMMANDS);
    for (const { name, hidden, options = [] } of COMMANDS) {
      if (hidden) continue;
      expect(text).toContain(name);
      for (const option of options) expect(text).toContain(option.name);
    }
  });
});
