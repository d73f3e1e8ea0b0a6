export { type Check, type CheckCase, checkCases, interval, runChecks } from './checks.ts';
export { analyticCurve, type Curve, type MeasuredCurve, measuredCurve } from './curve.ts';
export { comparisonSvg, sparkline, svg } from './picture.ts';
export { exponential, logNormal, normal, pareto, type Random, seededRandom } from './random.ts';
export { dailyRate, linearRate, stepRate } from './rates.ts';
export { formatReality, type Reality } from './reality.ts';
export { type RealityRunOptions, runReality } from './reality-run.ts';
export {
  compare,
  fairness,
  formatPhases,
  formatSummaries,
  phaseFigures,
  type Summary,
  summarize,
} from './report.ts';
export { loadCurve, loadScenario, parseScenario, type Scenario, scenarioNames } from './scenario.ts';
export { simulate } from './simulate.ts';
export type { Arrival, SimulationOptions, SimulationResult } from './types.ts';
