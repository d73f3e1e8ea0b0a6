export { BLOCK, fingerprint, hash32, MOST_BLOCKS } from './fingerprint.ts';
export { type Lease, type Loaded, LoadLedger } from './ledger.ts';
export { createStrategy, registerStrategy, type StrategyFactory, strategyNames } from './registry.ts';
export {
  type AffinityRule,
  allowance,
  hasRoom,
  type NodeState,
  type NodeView,
  type Observation,
  type RouteRequest,
  type Strategy,
  type StrategyOptions,
} from './strategy.ts';
export { type Decision, DecisionTrace, formatDecision } from './trace.ts';
