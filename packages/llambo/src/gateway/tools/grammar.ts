import { schemaToGrammar } from '@llambo/llama';
import type { Tool } from './tools.ts';

/**
 * A grammar of one call (or several) of these functions, with arguments that obey their schemas.
 *
 * @throws LlamaError `bad-request` naming the place in a schema that no grammar can follow
 */
export function callGrammar(tools: readonly Tool[], several: boolean): string {
  const calls = tools.map(({ name, parameters }, i) => ({
    type: 'object',
    properties: {
      name: { const: name },
      arguments: rebased(parameters ?? { type: 'object' }, `#/anyOf/${i}/properties/arguments`),
    },
    required: ['name', 'arguments'],
    additionalProperties: false,
  }));
  // The rule `root` of the schema becomes the call; ours puts the tags around it.
  const rules = schemaToGrammar({ anyOf: calls }).replace(/^root ::=/m, 'toolcall ::=');
  const tagged = '"<tool_call>\\n" toolcall "\\n"? "</tool_call>"';
  return `${rules}\nroot ::= ${several ? `${tagged} ("\\n" ${tagged})*` : tagged}`;
}

/** References within a schema, seen from the schema that it was put into. */
function rebased(schema: unknown, at: string): unknown {
  if (Array.isArray(schema)) return schema.map((each) => rebased(each, at));
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) =>
      key === '$ref' && typeof value === 'string' && value.startsWith('#')
        ? [key, `${at}${value.slice(1)}`]
        : [key, rebased(value, at)],
    ),
  );
}
