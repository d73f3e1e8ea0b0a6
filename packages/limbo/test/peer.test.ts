import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { compile } from '../src/index.ts';
import { modules, programs, readDisk } from './helper.ts';

/* Byte for byte what the original compiler makes, when it is there: LLAMBO_PEERS names a directory with bin/limbo-ref,
   which looks into inferno/module first. */

const peers = process.env['LLAMBO_PEERS'];
const original = peers === undefined ? '' : join(peers, 'bin/limbo-ref');
const missing = !existsSync(original);
const dir = mkdtempSync(join(tmpdir(), 'limbo-peer-'));
afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
});

/** Constants that a build of the original reads a last digit off, and a layout that it gets wrong. */
const excused = ['adts', 'fixed', 'tuples'];

describe.skipIf(missing)(
  `the original compiler${missing ? ' (skipped: LLAMBO_PEERS has no bin/limbo-ref)' : ''}`,
  () => {
    const names = readdirSync(programs)
      .filter((f) => f.endsWith('.b'))
      .map((f) => f.slice(0, -2));
    it.each(names.filter((n) => !excused.includes(n)))('%s', (name) => {
      const out = join(dir, `${name}.dis`);
      execFileSync(original, ['-g', '-I', modules, '-o', out, `${name}.b`], {
        cwd: programs,
        stdio: 'ignore',
      });
      const theirs = readFileSync(out);
      const ours = compile(join(programs, `${name}.b`), readDisk, {
        include: [join(peers!, 'inferno/module'), modules],
        symbols: true,
        sourcePath: join(programs, `${name}.b`),
      });
      expect(Buffer.compare(theirs, ours.dis!)).toBe(0);
      expect(ours.sbl).toBe(readFileSync(join(dir, `${name}.sbl`), 'utf8'));
    });
  },
);
