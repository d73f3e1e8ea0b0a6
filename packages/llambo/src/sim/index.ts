export { batchMeans, type Check, runChecks } from './checks.ts';
export { sparkline, svg } from './picture.ts';
export { exponential, logNormal, normal, pareto, type Random, seededRandom } from './random.ts';
export { compare, formatSummaries, parseScenario, type Summary, summarize } from './scenario.ts';
export { type SimulationOptions, type SimulationResult, simulate } from './simulate.ts';
