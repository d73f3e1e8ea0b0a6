/** What the configuration says of scaling, as the autoscaler takes it. */
import type { Config } from '../config/schema.ts';
import type { GroupedPolicyOptions, PolicyOptions, ScaleLimits } from './autoscaler/index.ts';

export function scaleLimits({ limits, autoscale }: Config): ScaleLimits {
  const { minimum, maximum } = limits;
  const classes = Object.entries(autoscale.classes ?? {}).map(
    ([name, own]) => [name, defined({ minimum: own.minimum, maximum: own.maximum })] as const,
  );
  return { minimum, maximum, ...(classes.length === 0 ? {} : { classes: Object.fromEntries(classes) }) };
}

export function policyOptions({ autoscale }: Config): GroupedPolicyOptions {
  const { target, predictive, schedule, classes = {} } = autoscale;
  const groups = Object.entries(classes).map(([name, own]): [string, PolicyOptions] => [
    name,
    defined({ target: own.target, predictive: own.predictive, schedule: own.schedule }),
  ]);
  return { ...defined({ target, predictive, schedule }), groups: Object.fromEntries(groups) };
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

const defined = <T extends object>(fields: T): Defined<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
