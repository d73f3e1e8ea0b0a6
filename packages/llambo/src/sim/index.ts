export { batchMeans, type Check, runChecks } from './checks.ts';
export { exponential, logNormal, normal, pareto, type Random, seededRandom } from './random.ts';
export { type SimulationOptions, type SimulationResult, simulate } from './simulate.ts';
