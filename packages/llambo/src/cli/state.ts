import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { homeFolder } from '../home.ts';

/** What a running cluster leaves in $LLAMBO_HOME/state so that the other commands find it. */
export interface RunningCluster {
  readonly pid: number;
  readonly url: string;
  /** Dial string of its files. */
  readonly styx: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
}

const file = (): string => join(homeFolder('state'), 'cluster.json');

export function writeRunning(cluster: RunningCluster): void {
  const temporary = `${file()}.${process.pid}`;
  writeFileSync(temporary, `${JSON.stringify(cluster)}\n`);
  renameSync(temporary, file());
}

/** The cluster of this home, if its process is alive. */
export function readRunning(): RunningCluster | undefined {
  let cluster: RunningCluster;
  try {
    cluster = JSON.parse(readFileSync(file(), 'utf8')) as RunningCluster;
  } catch {
    return undefined; // none was started here, or the file is no longer whole
  }
  return isAlive(cluster.pid) ? cluster : undefined;
}

/** Forgets the cluster, unless another process has taken the place. */
export function clearRunning(pid: number): void {
  try {
    if ((JSON.parse(readFileSync(file(), 'utf8')) as RunningCluster).pid !== pid) return;
  } catch {
    return;
  }
  rmSync(file(), { force: true });
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
