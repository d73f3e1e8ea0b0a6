import type { Answer, Totals } from './bot.ts';

/** `42 tokens, 88.1 tok/s, first after 180 ms, worker-0003 (tiny, smollm2-135m)` */
export function figures(answer: Answer): string {
  const { end, firstMs, totalMs } = answer;
  const { provenance, completionTokens } = end;
  const speed =
    provenance?.tokens_per_second ?? (completionTokens > 1 ? (completionTokens / totalMs) * 1000 : null);
  return [
    `${completionTokens} tokens`,
    ...(speed === null ? [] : [`${speed.toFixed(1)} tok/s`]),
    ...(firstMs === undefined ? [] : [`first after ${firstMs.toFixed(0)} ms`]),
    ...whoAnswered(answer),
    ...(end.reason === 'length' ? ['cut at its longest'] : []),
    ...((provenance?.attempts ?? 1) > 1 ? [`${provenance?.attempts} attempts`] : []),
  ].join(', ');
}

/** An older cluster does not say over Styx which node it was. */
const whoAnswered = ({ end: { provenance, model } }: Answer): string[] =>
  provenance === undefined
    ? [model].filter(Boolean)
    : [`${provenance.node} (${whoOf(provenance.class, model)})`];

/** A question to a class is answered in its name; of a model that is a path, the file says enough. */
function whoOf(ofClass: string, model: string): string {
  const name =
    model
      .split('/')
      .at(-1)
      ?.replace(/\.gguf$/, '') ?? model;
  return ofClass === model ? ofClass : `${ofClass}, ${name}`;
}

/** What /stats shows. */
export function totalsText(
  totals: Totals,
  last: Answer | undefined,
  context: number,
): [name: string, text: string][] {
  const rows: [string, string][] = [
    ['answers', String(totals.answers)],
    ['prompt tokens', `${totals.promptTokens}, ${totals.cachedTokens} of them from the cache`],
    ['answer tokens', String(totals.completionTokens)],
  ];
  if (totals.milliseconds > 0)
    rows.push([
      'speed',
      `${((totals.completionTokens / totals.milliseconds) * 1000).toFixed(1)} tok/s, all in all`,
    ]);
  if (last !== undefined) {
    const used = last.end.promptTokens + last.end.completionTokens;
    rows.push(['context', `${used} of ${context} tokens (${Math.round((used / context) * 100)}%)`]);
    rows.push(['last answer', figures(last)]);
  } else rows.push(['context', `${context} tokens`]);
  return rows;
}
