export { Autoscaler, type GroupLimits, type ScaleDecision, type ScalerEffects } from './autoscaler.ts';
export {
  type Policy,
  type PolicyOptions,
  type ScheduleEntry,
  type Signals,
  utilization,
  type Wish,
} from './policy.ts';
export { createPolicy, type PolicyFactory, policyNames, registerPolicy } from './registry.ts';
