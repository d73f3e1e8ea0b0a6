import { writeFileSync } from 'node:fs';
import { policyNames } from '../../cluster/autoscaler/index.ts';
import { strategyNames } from '../../cluster/balancer/index.ts';
import { LlamboError } from '../../errors.ts';
import {
  compare,
  comparisonSvg,
  formatPhases,
  formatReality,
  formatSummaries,
  loadScenario,
  phaseFigures,
  runReality,
  type Scenario,
  scenarioNames,
  simulate,
  sparkline,
  summarize,
  svg,
} from '../../sim/index.ts';
import { EXIT, type Parsed } from '../spec.ts';

export async function run(_args: readonly string[], parsed: Parsed): Promise<number> {
  const [name, member] = parsed.words as [string | undefined, 'strategy' | 'policy' | undefined];
  const json = parsed.flag('json');
  if (parsed.flag('reality')) return reality(parsed);
  if (name === undefined) {
    const scenarios = scenarioNames().map((each) => ({ name: each, title: loadScenario(each).title }));
    const lines = scenarios.map((each) => `${each.name.padEnd(16)}${each.title}\n`).join('');
    process.stdout.write(json ? `${JSON.stringify(scenarios)}\n` : lines);
    return EXIT.ok;
  }
  const scenario = withOptions(load(name), parsed);
  const picture = parsed.text('svg');
  if (member !== undefined) {
    const names =
      member === 'strategy' ? strategyNames() : policyNames().filter((each) => each !== 'schedule');
    const summaries = compare(scenario, member, names);
    if (picture !== undefined) writeFileSync(picture, comparisonSvg(summaries, scenario.title));
    process.stdout.write(`${json ? JSON.stringify(summaries) : formatSummaries(summaries)}\n`);
    return EXIT.ok;
  }
  const result = simulate(scenario.options);
  const summary = summarize(scenario.options.policy ?? scenario.options.strategy, result);
  if (picture !== undefined) writeFileSync(picture, svg(result, scenario.title));
  if (json) {
    process.stdout.write(`${JSON.stringify({ ...summary, decisions: result.decisions })}\n`);
    return EXIT.ok;
  }
  const parts = [scenario.title, sparkline(result)];
  if (scenario.phases.length > 0) parts.push(formatPhases(phaseFigures(scenario, result)));
  process.stdout.write(`${[...parts, formatSummaries([summary])].join('\n')}\n`);
  return EXIT.ok;
}

async function reality(parsed: Parsed): Promise<number> {
  const [nodes, seconds, threads] = [
    parsed.number('nodes'),
    parsed.number('seconds'),
    parsed.number('threads'),
  ];
  const [model, file] = [parsed.text('model'), parsed.text('save')];
  const { curve, reality } = await runReality({
    ...(nodes === undefined ? {} : { nodes }),
    ...(seconds === undefined ? {} : { seconds }),
    ...(threads === undefined ? {} : { threads }),
    ...(model === undefined ? {} : { model }),
    log: (text) => process.stderr.write(`${text}\n`),
  });
  if (file !== undefined) writeFileSync(file, `${JSON.stringify(curve, undefined, 2)}\n`);
  process.stdout.write(
    parsed.flag('json') ? `${JSON.stringify({ curve, reality })}\n` : `${formatReality(reality)}\n`,
  );
  return EXIT.ok;
}

function load(name: string): Scenario {
  try {
    return loadScenario(name);
  } catch (error) {
    const known = `scenarios: ${scenarioNames().join(', ')}`;
    const { code, message } = error as NodeJS.ErrnoException;
    throw new LlamboError(
      'bad-request',
      code === 'ENOENT' ? `there is no scenario ${name}; ${known}` : `scenario ${name}: ${message}`,
    );
  }
}

/** What the command line says instead of the file. */
function withOptions(scenario: Scenario, parsed: Parsed): Scenario {
  const [strategy, policy, seed] = [parsed.text('strategy'), parsed.text('policy'), parsed.number('seed')];
  return {
    ...scenario,
    options: {
      ...scenario.options,
      ...(strategy === undefined ? {} : { strategy }),
      ...(policy === undefined ? {} : { policy }),
      ...(seed === undefined ? {} : { seed }),
    },
  };
}
