/** What an engine's `status` file says: attributes, one a line. */
import type { EngineStatus, ModelInfo } from '@llambo/llama';
import { AttributeReader, quote } from './words.ts';

/** A model, the state of its engine, and the engine's process. */
export interface EngineReport extends ModelInfo, EngineStatus {
  readonly pid: number;
}

/** Attributes and members in the file's order. */
const FIELDS: readonly (readonly [string, keyof EngineReport, 'text' | 'number' | 'flag'])[] = [
  ['model', 'name', 'text'],
  ['path', 'path', 'text'],
  ['description', 'description', 'text'],
  ['parameters', 'parameters', 'number'],
  ['bytes', 'bytes', 'number'],
  ['vocabulary', 'vocabulary', 'number'],
  ['embedding', 'embeddingLength', 'number'],
  ['trained', 'trainedContext', 'number'],
  ['context', 'context', 'number'],
  ['sequences', 'sequences', 'number'],
  ['chat', 'chat', 'flag'],
  ['active', 'active', 'number'],
  ['waiting', 'waiting', 'number'],
  ['requests', 'requests', 'number'],
  ['prompt_tokens', 'promptTokens', 'number'],
  ['cached_tokens', 'cachedTokens', 'number'],
  ['completion_tokens', 'completionTokens', 'number'],
  ['steps', 'steps', 'number'],
  ['rss', 'rss', 'number'],
  ['pid', 'pid', 'number'],
];

export function formatReport(report: EngineReport): string {
  return FIELDS.map(([name, member, kind]) => {
    const value = report[member];
    return `${name}=${kind === 'flag' ? Number(value) : quote(String(value))}\n`;
  }).join('');
}

/** Attributes that it does not know are passed over. */
export function parseReport(text: string): EngineReport {
  const values = new Map<string, string>();
  const reader = new AttributeReader(text);
  for (let pair = reader.next(); pair !== undefined; pair = reader.next()) values.set(pair[0], pair[1]);
  return Object.fromEntries(
    FIELDS.map(([name, member, kind]) => {
      const value = values.get(name) ?? '';
      return [member, kind === 'text' ? value : kind === 'flag' ? value === '1' : Number(value)];
    }),
  ) as unknown as EngineReport;
}
