/** `npm test`: set up, run every test, and close with a line that counts them. Arguments go to vitest. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, setup } from './setup.js';

setup();
const folder = mkdtempSync(join(tmpdir(), 'llambo-test-'));
const report = join(folder, 'report.json');
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const { status } = spawnSync(
  process.execPath,
  [
    vitest,
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...process.argv.slice(2),
  ],
  { cwd: root, stdio: 'inherit' },
);
let code = status ?? 1;
try {
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, numFailedTestSuites, success } =
    JSON.parse(readFileSync(report, 'utf8'));
  const failed = numFailedTests || (success ? 0 : numFailedTestSuites || 1);
  const skipped = numPendingTests + numTodoTests;
  process.stdout.write(
    `${numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`,
  );
  if (failed > 0) code ||= 1;
} catch {
  process.stdout.write('0 passed, 1 failed\n');
  code ||= 1;
}
rmSync(folder, { recursive: true, force: true });
process.exit(code);
