import type { ChatMessage, GenerateRequest } from '@llambo/llama';
import type { Orchestrator } from '../../cluster/orchestrator.ts';
import { LlamboError } from '../../errors.ts';
import type { Services } from '../services.ts';
import { callGrammar } from './grammar.ts';
import { openaiTool, spelledOut, type Tool, type ToolChoice, withObjectArguments } from './tools.ts';

export interface ToolOffer {
  readonly tools: readonly Tool[];
  readonly choice: ToolChoice;
  /** Several calls in one answer; undefined: as the model likes. */
  readonly parallel?: boolean | undefined;
}

/** A chat with tools as an engine takes it, and which calls its answer may have. */
export interface OfferedChat {
  readonly request: Pick<GenerateRequest, 'messages' | 'tools' | 'grammar' | 'stop'>;
  /** Names of the functions that may be called; empty: the answer is only text. */
  readonly names: readonly string[];
}

/** A message that a template without tools cannot write. */
export const speaksOfTools = ({ role, tool_calls: calls }: ChatMessage): boolean =>
  role === 'tool' || role === 'function' || calls !== undefined;

/** Whether each model's template writes tools out, by orchestrator. */
const known = new WeakMap<Orchestrator, Map<string, boolean>>();

/** @throws LlamboError, LlamaError `bad-request` */
export async function offerTools(
  services: Services,
  model: string | undefined,
  messages: readonly ChatMessage[],
  { tools, choice, parallel }: ToolOffer,
): Promise<OfferedChat> {
  const offered = choice === 'none' ? [] : tools;
  const forced = typeof choice === 'object' ? offered.filter(({ name }) => name === choice.name) : offered;
  if (typeof choice === 'object' && forced.length === 0) {
    throw new LlamboError('bad-request', `tool_choice names ${choice.name}, which is not among the tools`);
  }
  if (choice === 'required' && offered.length === 0) {
    throw new LlamboError('bad-request', 'tool_choice is required, but there are no tools');
  }
  const touched = offered.length > 0 || messages.some(speaksOfTools);
  if (!touched) return { request: { messages }, names: [] };
  const native = await knowsTools(services, model);
  const must = choice === 'required' || typeof choice === 'object';
  const request = {
    ...(native
      ? { messages: messages.map(withObjectArguments), tools: offered.map(openaiTool) }
      : { messages: spelledOut(messages, offered) }),
    ...(must ? { grammar: callGrammar(forced, parallel === true) } : {}),
    ...(parallel === false && !must && offered.length > 0 ? { stop: ['</tool_call>'] } : {}),
  };
  return { request, names: offered.map(({ name }) => name) };
}

const PROBE: Tool = {
  name: 'llambo_probe',
  description: 'probe',
  parameters: { type: 'object', properties: {} },
};

async function knowsTools({ orchestrator }: Services, model: string | undefined): Promise<boolean> {
  const name = orchestrator.resolve(model).model;
  const models = known.get(orchestrator) ?? new Map<string, boolean>();
  known.set(orchestrator, models);
  let knows = models.get(name);
  if (knows === undefined) {
    const probe = [{ role: 'user', content: 'x' }];
    const text = await orchestrator.applyTemplate(name, probe, [openaiTool(PROBE)]).catch(() => '');
    knows = text.includes(PROBE.name);
    models.set(name, knows);
  }
  return knows;
}
