import type { ScaleLimits } from './autoscaler/index.ts';

/** What is wanted of a cluster. */
export interface Wishes {
  readonly strategy: string;
  readonly autoscale: { readonly enabled: boolean; readonly policy: string; readonly limits: ScaleLimits };
  /** Nodes by class. */
  readonly classes: ReadonlyMap<string, { readonly count: number }>;
}

/** The same as commands that would make another cluster like it, ctl(7). */
export function checkpointText({ strategy, autoscale, classes }: Wishes): string {
  const { enabled, policy, limits } = autoscale;
  const bounds = Object.entries(limits.classes ?? {}).flatMap(([name, { minimum, maximum }]) => [
    ...(minimum === undefined ? [] : [`limit minimum ${minimum} ${name}`]),
    ...(maximum === undefined ? [] : [`limit maximum ${maximum} ${name}`]),
  ]);
  return [
    `strategy ${strategy}`,
    `limit minimum ${limits.minimum}`,
    `limit maximum ${limits.maximum}`,
    ...bounds,
    `autoscale policy ${policy}`,
    `autoscale ${enabled ? 'on' : 'off'}`,
    ...[...classes].map(([name, { count }]) => `scale ${name} ${count}`),
  ].join('\n');
}
