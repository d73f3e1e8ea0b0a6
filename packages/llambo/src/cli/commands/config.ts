import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { stringify } from 'yaml';
import { loadConfig, parseConfig } from '../../config/load.ts';
import { LlamboError } from '../../errors.ts';
import { UsageError } from '../errors.ts';
import { EXIT, type Parsed } from '../spec.ts';

export async function run(_args: readonly string[], parsed: Parsed): Promise<number> {
  const [action, file] = parsed.words as ['show' | 'validate' | 'edit' | 'schema', string | undefined];
  switch (action) {
    case 'show': {
      const config = loadConfig(file);
      process.stdout.write(parsed.flag('json') ? `${JSON.stringify(config)}\n` : stringify(config));
      return EXIT.ok;
    }
    case 'validate':
      loadConfig(file);
      process.stdout.write(
        `${file ?? (existsSync('llambo.yaml') ? 'llambo.yaml' : 'built-in defaults')}: ok\n`,
      );
      return EXIT.ok;
    case 'schema': {
      const { configJsonSchema } = await import('../config-schema.ts');
      process.stdout.write(`${JSON.stringify(configJsonSchema(), null, 2)}\n`);
      return EXIT.ok;
    }
    case 'edit':
      return edit(resolve(file ?? 'llambo.yaml'));
  }
}

const TEMPLATE = `# llambo.yaml(5) describes the keys; what is left out has a default.
strategy: least-loaded
classes:
  tiny: { count: 8, model: smollm2-135m, memory: 128MB, cpu: 0.1 }
`;

/** In an editor, on a copy: only what is valid becomes the file. */
async function edit(file: string): Promise<number> {
  const editor = process.env['VISUAL'] || process.env['EDITOR'] || 'vi';
  const folder = mkdtempSync(join(tmpdir(), 'llambo-config-'));
  const copy = join(folder, 'llambo.yaml');
  const before = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  writeFileSync(copy, before ?? TEMPLATE);
  try {
    for (;;) {
      const { status, error } = spawnSync(editor, [copy], { stdio: 'inherit', shell: true });
      if (error !== undefined || status !== 0)
        throw new LlamboError(
          'bad-request',
          `${editor} ended with ${error?.message ?? status}; ${file} is as it was`,
        );
      const after = readFileSync(copy, 'utf8');
      if (after === before) {
        process.stdout.write(`${file} is as it was\n`);
        return EXIT.ok;
      }
      try {
        parseConfig(after, file);
      } catch (problem) {
        if (await again((problem as Error).message)) continue;
        process.stdout.write(`${file} is as it was\n`);
        return EXIT.failure;
      }
      const next = join(dirname(file), `.llambo.yaml.${process.pid}`);
      writeFileSync(next, after);
      renameSync(next, file);
      process.stdout.write(`${file} is written; it counts from the next llamboctl up\n`);
      return EXIT.ok;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function again(problem: string): Promise<boolean> {
  process.stderr.write(`${problem}\n`);
  if (!process.stdin.isTTY) throw new UsageError('the configuration is not valid');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question('edit again? [Y/n] ');
  terminal.close();
  return !/^n/i.test(answer.trim());
}
