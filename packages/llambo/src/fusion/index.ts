import { Fusion } from './coordinator.ts';
import { questionOf } from './question.ts';
import type { Reliabilities } from './reliability.ts';
import { fusionStrategyNames } from './strategies/index.ts';
import type { FusionCluster, FusionHooks, FusionRequest, FusionResult } from './types.ts';

/**
 * Asks several nodes and makes one answer of theirs, or says honestly that there is none (`abstained`).
 *
 * @param reliabilities what canaries have shown of the nodes; default: all are trusted alike
 * @throws LlamboError `bad-request`, `no-node`, `cancelled`
 */
export async function fuse(
  cluster: FusionCluster,
  request: FusionRequest,
  hooks: FusionHooks = {},
  signal?: AbortSignal,
  reliabilities?: Reliabilities,
): Promise<FusionResult> {
  return new Fusion(cluster, questionOf(request), hooks, signal, reliabilities).run();
}

/** Every name that `strategy` may have; `cascade:NAME` besides. */
export const fusionNames = (): string[] => ['auto', 'cascade', ...fusionStrategyNames()];

export {
  type FusionChat,
  type FusionChatAnswer,
  fuseChat,
  fusionJson,
  fusionMembers,
  fusionOfChat,
  isFusionModel,
} from './chat.ts';
export { type FusionHost, fusionCluster } from './cluster.ts';
export { askCanaries, CANARIES, type Canary, Reliabilities } from './reliability.ts';
export type * from './types.ts';
