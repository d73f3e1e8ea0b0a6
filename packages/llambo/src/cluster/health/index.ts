export { type HealthEffects, HealthMonitor, type HealthOptions } from './monitor.ts';
export { MOST_SILENCE_MS, PHI_THRESHOLD, PhiDetector } from './phi.ts';
export { type HealthEvent, type HealthState, nextState, toNodeState, transitions } from './states.ts';
