import { spawn } from 'node:child_process';

const killMs = 2000;

/**
 * Finds a Python that has pip: LLAMBO_PYTHON, or the usual names. The interpreter itself is given and not a wrapper that
 * starts it (pyenv's shims, the Windows launcher), because a signal to a wrapper would leave pip running.
 */
export async function findPython(env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<string> {
  const usual = process.platform === 'win32' ? ['py', 'python', 'python3'] : ['python3', 'python'];
  const names = env['LLAMBO_PYTHON'] ? [env['LLAMBO_PYTHON']] : usual;
  let withoutPip: string | undefined;
  for (const name of names) {
    const { code, output, errors } = await run(
      name,
      ['-c', 'import sys, pip; print(sys.executable)'],
      env,
      signal,
    );
    signal.throwIfAborted();
    if (code === 0 && output.trim() !== '') return output.trim();
    if (/No module named '?pip/.test(errors)) withoutPip ??= name;
  }
  throw new Error(
    withoutPip === undefined
      ? `no Python here (looked for ${names.join(', ')})`
      : `${withoutPip} has no pip (python3 -m ensurepip, or your system's package python3-pip)`,
  );
}

export interface Ended {
  /** Null when a signal ended it, undefined when there is no such program. */
  readonly code: number | null | undefined;
  /** The last 16 kB of each. */
  readonly output: string;
  readonly errors: string;
}

/** Runs a program to its end, which an abort brings about. Does not reject. */
export function run(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true });
    let output = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-16_384);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors = (errors + text).slice(-16_384);
    });
    let force: NodeJS.Timeout | undefined;
    const kill = () => {
      child.kill('SIGTERM');
      force = setTimeout(() => child.kill('SIGKILL'), killMs);
    };
    signal.addEventListener('abort', kill, { once: true });
    if (signal.aborted) kill();
    const settle = (code: number | null | undefined) => {
      clearTimeout(force);
      signal.removeEventListener('abort', kill);
      resolve({ code, output, errors });
    };
    child.on('error', (error) => {
      errors += String(error);
      settle(undefined);
    });
    // After an abort no one waits for what a grandchild may still write.
    child.on('exit', (code) => signal.aborted && settle(code));
    child.on('close', settle);
  });
}
