export { createStrategy, registerStrategy, type StrategyFactory, strategyNames } from './registry.ts';
export {
  allowance,
  hasRoom,
  type NodeState,
  type NodeView,
  type Observation,
  type RouteRequest,
  type Strategy,
  type StrategyOptions,
} from './strategy.ts';
