export { type BudgetOptions, RetryBudget } from './budget.ts';
export { type HedgeOptions, Hedging } from './hedge.ts';
export { type Failure, type RetryOptions, RetryPolicy, type Verdict } from './policy.ts';
export { HedgeRace, type Runner } from './race.ts';
