/** Reports as text: tables for a terminal and Markdown alike, and a picture. */
import type { AnswerReport } from './answer-report.ts';
import type { ChoiceReport, MethodRow } from './choice-report.ts';
import type { EvalReport } from './run.ts';
import type { Comparison, RiskPoint } from './statistics.ts';

const percent = (value: number): string => (Number.isFinite(value) ? (100 * value).toFixed(1) : '-');
const points = ({ gain, interval: [low, high] }: Comparison): string =>
  `${signed(gain)} points (95 % ${signed(low)} to ${signed(high)})`;
const signed = (value: number): string => `${value >= 0 ? '+' : '-'}${Math.abs(100 * value).toFixed(1)}`;
const chance = (p: number): string => (p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(3)}`);

/** Rows of cells as a Markdown table whose columns line up. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((cell, at) => Math.max(cell.length, ...rows.map((row) => (row[at] ?? '').length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] as number) : cell.padStart(widths[at] as number))).join(' | ')} |`;
  const rule = `|${widths.map((width, at) => (at === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}

const methodLine = ({ name, sets, mean }: MethodRow): string[] => [name, ...sets.map(percent), percent(mean)];

export function choiceText(report: ChoiceReport): string {
  const { sets, singles, methods, greedy, overBest, best, chosen, unseen, cascade } = report;
  const head = ['accuracy, %', ...sets.map(({ name }) => name), 'mean'];
  const counts = ['items (and for tuning)', ...sets.map(({ items, tuning }) => `${items} (${tuning})`), ''];
  const lines = [
    table(head, [counts, ...singles.map(methodLine), ...methods.map(methodLine)]),
    '',
    `best single-node method, in hindsight: ${best.name}, ${percent(best.mean)}`,
    `pool over it: ${points(overBest)}, ${overBest.gains} gained, ${overBest.losses} lost, ${chance(overBest.p)}`,
    `pool over the single-node method that tuning would choose (${chosen.row.name}, ${percent(chosen.row.mean)}): ${points(chosen.over)}, ${chance(chosen.over.p)}`,
    `pool with weights from the other sets only: ${points(unseen.overBest)}, ${chance(unseen.overBest.p)}`,
  ];
  if (greedy !== undefined) {
    lines.push(
      `greedy letter (${greedy.name}, ${greedy.items} items): ${percent(greedy.accuracy)}, pool on the same items ${percent(greedy.pool)}: ${points(greedy.over)}, ${chance(greedy.over.p)}`,
    );
  }
  if (report.fresh !== undefined) lines.push(...freshLines(report.fresh));
  lines.push(
    `cascade (${cascade.order.join(', ')}; ends at a margin of ${cascade.margin.toFixed(2)}): ${percent(cascade.row.mean)} for ${percent(cascade.cost)} % of the text that the pool reads, ${percent(cascade.same)} % of its answers, ${points(cascade.over)} over the best single-node method`,
    `calibration error of the agreement: ${percent(report.calibrationError)} points`,
    `abstaining on the least agreed 30 %: ${signed(report.abstainGain)} points on the rest`,
  );
  return lines.join('\n');
}

function freshLines({ sets, pool, best, chosen, overBest, overChosen }: Fresh): string[] {
  const names = sets.map(({ name, items }, at) => `${name} ${percent(pool.sets[at] as number)} (${items})`);
  return [
    `sets that nobody had looked at, all weights from the sets above: pool ${percent(pool.mean)}: ${names.join(', ')}`,
    `there over the single-node method that tuning chose (${chosen.name}, ${percent(chosen.mean)}): ${points(overChosen)}, ${overChosen.gains} gained, ${overChosen.losses} lost, ${chance(overChosen.p)}`,
    `there over the best in hindsight (${best.name}, ${percent(best.mean)}): ${points(overBest)}, ${overBest.gains} gained, ${overBest.losses} lost, ${chance(overBest.p)}`,
  ];
}

type Fresh = NonNullable<ChoiceReport['fresh']>;

export function answerText(reports: readonly AnswerReport[]): string {
  const rows = reports.flatMap((report) => [
    [
      `${report.set}, ${report.model}: mean of single samples`,
      String(report.items),
      percent(report.meanSample),
      signed(report.meanSample - report.greedy),
    ],
    ...report.rules.map(({ name, accuracy, tokens, over, calibrationError }) => [
      `${report.set}, ${report.model}: ${name}`,
      String(report.items),
      percent(accuracy),
      name === 'greedy' ? '' : signed(over.gain),
      name === 'greedy' ? '' : `${over.gains}/${over.losses}`,
      name === 'greedy' ? '' : chance(over.p),
      percent(tokens),
      percent(calibrationError),
    ]),
  ]);
  return table(
    ['set, model: rule', 'items', 'right %', 'over greedy', 'gained/lost', 'McNemar', 'tokens %', 'ECE'],
    rows,
  );
}

export function reportText({ choice, answers }: EvalReport): string {
  const parts = [];
  if (choice !== undefined) parts.push(choiceText(choice));
  if (answers.length > 0) parts.push(answerText(answers));
  return parts.length === 0 ? 'nothing is stored of these sets' : parts.join('\n\n');
}

/** The same for a page: lines of text become a list. */
export function reportMarkdown(report: EvalReport): string {
  return reportText(report)
    .split('\n')
    .map((line) => (line === '' || line.startsWith('|') ? line : `- ${line}`))
    .join('\n');
}

const round = (value: number | undefined): number | null =>
  value === undefined || !Number.isFinite(value) ? null : Number(value.toFixed(4));

/** The figures by the names that others look for. Shares, not percent. */
export function reportJson({ choice, answers }: EvalReport): Record<string, unknown> {
  return {
    greedy: round(choice?.greedy?.accuracy),
    best_single: round(choice?.best.mean),
    best_single_name: choice?.best.name ?? null,
    pool: round(choice?.pool.mean),
    gain_over_greedy: round(choice?.greedy?.over.gain),
    gain_over_best: round(choice?.overBest.gain),
    p_value: round(choice?.overBest.p),
    pool_unseen: round(choice?.unseen.row.mean),
    gain_over_best_unseen: round(choice?.unseen.overBest.gain),
    fresh_pool: round(choice?.fresh?.pool.mean),
    fresh_gain_over_chosen: round(choice?.fresh?.overChosen.gain),
    fresh_gain_over_best: round(choice?.fresh?.overBest.gain),
    cascade_gain_kept: round(choice?.cascade.gainKept),
    cascade_tokens: round(choice?.cascade.cost),
    cascade_same: round(choice?.cascade.same),
    abstain_gain: round(choice?.abstainGain),
    calibration_error: round(choice?.calibrationError),
    members:
      choice?.members.map(({ reading, scales, weight }) => ({
        model: reading.model,
        format: reading.format,
        scales: Object.fromEntries(Object.entries(scales).map(([name, scale]) => [name, round(scale)])),
        weight: round(weight),
      })) ?? [],
    items: choice?.sets.reduce((sum, { items }) => sum + items, 0) ?? 0,
    votes: answers.map((report) => ({
      set: report.set,
      model: report.model,
      items: report.items,
      greedy: round(report.greedy),
      mean_sample: round(report.meanSample),
      vote: round(report.vote),
      gain_over_greedy: round(report.overGreedy.gain),
      p_value: round(report.overGreedy.p),
      cascade_gain_kept: round(report.cascade.gainKept),
      cascade_tokens: round(report.cascade.tokens),
      abstain_gain: round(report.abstainGain),
    })),
  };
}

/** Accuracy over coverage as a picture. */
export function riskPicture(risk: readonly RiskPoint[], title: string): string {
  const [width, height, left, bottom] = [560, 300, 48, 36];
  const x = (coverage: number): string => (left + coverage * (width - left - 12)).toFixed(1);
  const least = Math.floor(Math.min(...risk.map(({ accuracy }) => accuracy)) * 10) / 10;
  const y = (accuracy: number): string =>
    (12 + (1 - (accuracy - least) / Math.max(0.1, 1 - least)) * (height - bottom - 12)).toFixed(1);
  const grid = [least, (least + 1) / 2, 1].map(
    (value) =>
      `<line x1="${left}" x2="${width - 12}" y1="${y(value)}" y2="${y(value)}" stroke="#ccc"/><text x="${left - 6}" y="${y(value)}" text-anchor="end" dominant-baseline="middle">${(100 * value).toFixed(0)} %</text>`,
  );
  const ticks = [0, 0.25, 0.5, 0.75, 1].map(
    (value) =>
      `<text x="${x(value)}" y="${height - 14}" text-anchor="middle">${(100 * value).toFixed(0)} %</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" font-family="sans-serif" font-size="12">`,
    `<title>${title}</title>`,
    ...grid,
    ...ticks,
    `<polyline fill="none" stroke="#2166ac" stroke-width="2" points="${risk.map(({ coverage, accuracy }) => `${x(coverage)},${y(accuracy)}`).join(' ')}"/>`,
    '</svg>\n',
  ].join('\n');
}
