import { createHash } from 'node:crypto';
import type { ModelInfo } from '@llambo/llama';
import type { Services } from '../services.ts';

/** `Q4_K_M` in a model's file name or description. */
const quantization = ({ path, description }: ModelInfo): string =>
  /\b(I?Q\d\w*|F16|BF16|F32)\b/i
    .exec(`${path} ${description}`.replaceAll(/[.\s-]/g, ' '))?.[1]
    ?.toUpperCase() ?? 'unknown';

function sizeText(parameters: number): string {
  return parameters >= 1e9 ? `${(parameters / 1e9).toFixed(1)}B` : `${Math.round(parameters / 1e6)}M`;
}

function details(info: ModelInfo): Record<string, unknown> {
  const family = info.description.split(/\s+/)[0]?.toLowerCase() || 'llama';
  return {
    parent_model: '',
    format: 'gguf',
    family,
    families: [family],
    parameter_size: sizeText(info.parameters),
    quantization_level: quantization(info),
  };
}

/** As /api/tags lists a model. The digest stands for the name: the bytes are not hashed for it. */
export function tagShape({ orchestrator }: Services, info: ModelInfo): Record<string, unknown> {
  return {
    name: info.name,
    model: info.name,
    modified_at: new Date(orchestrator.startedAt).toISOString(),
    size: info.bytes,
    digest: createHash('sha256').update(info.name).digest('hex'),
    details: details(info),
  };
}

/** As /api/ps lists a model that is loaded: all of them are, for as long as the cluster is up. */
export function runningShape(services: Services, info: ModelInfo): Record<string, unknown> {
  return {
    ...tagShape(services, info),
    expires_at: '2318-01-01T00:00:00Z',
    size_vram: 0,
    context_length: info.context,
  };
}

export function showShape(services: Services, info: ModelInfo): Record<string, unknown> {
  return {
    modelfile: `FROM ${info.name}\n`,
    parameters: `num_ctx ${info.context}`,
    template: '',
    modified_at: new Date(services.orchestrator.startedAt).toISOString(),
    details: details(info),
    model_info: {
      'general.architecture': 'llama',
      'general.parameter_count': info.parameters,
      'llama.context_length': info.trainedContext,
      'llama.embedding_length': info.embeddingLength,
      'llama.vocab_size': info.vocabulary,
    },
    capabilities: info.chat ? ['completion', 'tools', 'embedding'] : ['completion', 'embedding'],
  };
}
