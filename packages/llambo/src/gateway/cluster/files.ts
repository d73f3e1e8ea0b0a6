import { Fsys, uninterrupted } from '@llambo/styx';
import type { Orchestrator } from '../../cluster/orchestrator.ts';

/** Milliseconds that a file may take: a node may be gone while its host does not know yet. */
const PATIENCE_MS = 2000;

/** The cluster's files, read for those who ask by HTTP. */
export class ClusterFiles {
  readonly #orchestrator: Orchestrator;
  #root: Promise<Fsys> | undefined;

  constructor(orchestrator: Orchestrator) {
    this.#orchestrator = orchestrator;
  }

  /** The text of a file; empty when it cannot be read now. */
  async read(path: string): Promise<string> {
    const attach = async (): Promise<Fsys> =>
      new Fsys(await this.#orchestrator.fileServer().attach({ uname: 'operator', aname: '' }, uninterrupted));
    try {
      this.#root ??= attach();
      return await (await this.#root).readText(path, { signal: AbortSignal.timeout(PATIENCE_MS) });
    } catch {
      return '';
    }
  }
}
