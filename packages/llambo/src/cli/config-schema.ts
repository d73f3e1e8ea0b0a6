import { z } from 'zod';
import { configSchema } from '../config/schema.ts';

/** JSON Schema of llambo.yaml, for editors that check and complete YAML. */
export function configJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(configSchema, {
    io: 'input',
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema }) {
      // A size is read from anything and checked by code: here are its two forms.
      if (zodSchema._zod.def.type !== 'pipe' || jsonSchema.type !== undefined) return;
      if (jsonSchema.anyOf !== undefined || jsonSchema.properties !== undefined) return;
      jsonSchema.anyOf = [
        { type: 'integer', minimum: 0 },
        { type: 'string', pattern: '^\\s*\\d+(\\.\\d+)?\\s*[kKmMgGtT]?([iI]?[bB])?\\s*$' },
      ];
    },
  });
  return { title: 'llambo.yaml', ...schema };
}
