export { Autoscaler, type GroupLimits, type ScaleDecision, type ScalerEffects } from './autoscaler.ts';
export { type Clock, systemClock } from './clock.ts';
export {
  AutoscaleController,
  type ClassBounds,
  type ClassDecision,
  type ClassScale,
  type ClassSignals,
  type ControllerOptions,
  formatDecisions,
  type ScaleEffects,
  type ScaleLimits,
  type SignalSource,
} from './controller.ts';
export {
  type GroupedPolicyOptions,
  type Policy,
  type PolicyOptions,
  type ScheduleEntry,
  type Signals,
  utilization,
  type Wish,
} from './policy.ts';
export { createPolicy, type PolicyFactory, policyNames, registerPolicy } from './registry.ts';
