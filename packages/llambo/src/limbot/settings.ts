/** What limbot.conf and /set know: limbot.conf(5). One table gives checks, help and the manual page. */
import { quote, readAttributes } from '../cli/attributes.ts';
import { LlamboError } from '../errors.ts';

type Value = string | number | boolean | undefined;

interface Setting {
  readonly name: string;
  readonly kind: 'text' | 'number' | 'integer' | 'flag' | 'choice';
  readonly least?: number;
  readonly most?: number;
  readonly choices?: readonly string[];
  readonly default: Value;
  /** Sent with each question under its name. */
  readonly sent?: boolean;
  readonly summary: string;
}

const sampling = { kind: 'number', sent: true } as const;

/** Calmer than the API's defaults: small models wander off at temperature 1. */
export const SETTINGS: readonly Setting[] = [
  {
    name: 'model',
    kind: 'text',
    default: undefined,
    summary: 'model that answers; default: that of the cluster',
  },
  { name: 'class', kind: 'text', default: undefined, summary: 'class of nodes that answers' },
  { name: 'system', kind: 'text', default: undefined, summary: 'system prompt' },
  {
    ...sampling,
    name: 'temperature',
    least: 0,
    most: 2,
    default: 0.3,
    summary: '0: always the likeliest word',
  },
  {
    ...sampling,
    name: 'top_p',
    least: 0,
    most: 1,
    default: 0.95,
    summary: 'only the likeliest words of this share',
  },
  {
    ...sampling,
    name: 'top_k',
    kind: 'integer',
    least: 0,
    default: undefined,
    summary: 'only that many words',
  },
  {
    ...sampling,
    name: 'min_p',
    least: 0,
    most: 1,
    default: 0.05,
    summary: 'no word less likely, against the likeliest',
  },
  {
    ...sampling,
    name: 'repeat_penalty',
    least: 0.01,
    most: 10,
    default: undefined,
    summary: 'above 1: fewer repetitions',
  },
  {
    name: 'seed',
    kind: 'integer',
    sent: true,
    default: undefined,
    summary: 'the same seed gives the same answer',
  },
  {
    name: 'max_tokens',
    kind: 'integer',
    least: 1,
    sent: true,
    default: undefined,
    summary: 'tokens of an answer; default: what the context has room for',
  },
  {
    name: 'overflow',
    kind: 'choice',
    choices: ['drop', 'summarise'],
    default: 'drop',
    summary: 'what becomes of the oldest turns when they do not fit',
  },
  { name: 'stats', kind: 'flag', default: true, summary: 'figures behind each answer' },
  { name: 'markdown', kind: 'flag', default: true, summary: 'draw Markdown in a terminal' },
  { name: 'history', kind: 'flag', default: true, summary: 'keep what is said in limbot-history.txt' },
  {
    name: 'fusion_nodes',
    kind: 'integer',
    least: 1,
    most: 1000,
    default: 3,
    summary: 'nodes that /fusion asks',
  },
  {
    name: 'fusion_strategy',
    kind: 'text',
    default: undefined,
    summary: 'how /fusion makes one answer of many',
  },
];

/** Values by name; those that are not set have their defaults. */
export class Settings {
  readonly #values = new Map<string, Value>();

  get(name: string): Value {
    const known = settingOf(name);
    return this.#values.has(name) ? this.#values.get(name) : known.default;
  }

  text(name: string): string | undefined {
    return this.get(name) as string | undefined;
  }

  number(name: string): number | undefined {
    return this.get(name) as number | undefined;
  }

  flag(name: string): boolean {
    return this.get(name) === true;
  }

  /** Takes the text as a person writes it; nothing: back to the default. @throws LlamboError `config` */
  set(name: string, text: string): void {
    const value = parseValue(settingOf(name), text);
    if (text === '') this.#values.delete(name);
    else this.#values.set(name, value);
  }

  /** Whether it was set, here or in the file. */
  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** What is sent with each question. */
  sent(): Record<string, number> {
    const found: Record<string, number> = {};
    for (const { name, sent } of SETTINGS) {
      const value = this.get(name);
      if (sent && typeof value === 'number') found[name] = value;
    }
    return found;
  }
}

function settingOf(name: string): Setting {
  const known = SETTINGS.find((setting) => setting.name === name);
  if (known !== undefined) return known;
  throw new LlamboError(
    'config',
    `there is no setting ${name}; settings: ${SETTINGS.map(({ name }) => name).join(', ')}`,
  );
}

function parseValue({ name, kind, least, most, choices }: Setting, text: string): Value {
  if (text === '') return undefined;
  const wrong = (expected: string): LlamboError =>
    new LlamboError('config', `${name}: expected ${expected}, got ${text}`);
  switch (kind) {
    case 'text':
      return text;
    case 'choice':
      if (!choices?.includes(text)) throw wrong((choices ?? []).join(' or '));
      return text;
    case 'flag':
      if (/^(on|yes|true|1)$/.test(text)) return true;
      if (/^(off|no|false|0)$/.test(text)) return false;
      throw wrong('on or off');
    default: {
      const value = Number(text);
      const range =
        least === undefined ? '' : most === undefined ? ` from ${least}` : ` from ${least} to ${most}`;
      if (!Number.isFinite(value) || (kind === 'integer' && !Number.isInteger(value)))
        throw wrong(`${kind === 'integer' ? 'an integer' : 'a number'}${range}`);
      if ((least !== undefined && value < least) || (most !== undefined && value > most))
        throw wrong(`${kind === 'integer' ? 'an integer' : 'a number'}${range}`);
      return value;
    }
  }
}

export const show = (value: Value): string =>
  value === undefined ? '-' : value === true ? 'on' : value === false ? 'off' : String(value);

/** @param name what messages call the file. @throws LlamboError `config` with the line */
export function readSettings(text: string, name: string, into: Settings = new Settings()): Settings {
  text.split('\n').forEach((line, i) => {
    if (/^\s*(#|$)/.test(line)) return;
    try {
      const [key, value] = readLine(line);
      into.set(key, value);
    } catch (error) {
      throw new LlamboError('config', `${name}:${i + 1}: ${(error as Error).message}`);
    }
  });
  return into;
}

/** `name=value`; the value may be in quotes, as rc has them. */
function readLine(line: string): readonly [string, string] {
  const [pair, more] = readAttributes(line.trim().replace(/^(\w+)\s*=\s*/, '$1='));
  if (pair === undefined || more !== undefined) throw new Error('expected one name=value a line');
  return [pair[0], fromLine(pair[1])];
}

/** A value is on one line: `\n` stands for a newline in it. */
const fromLine = (value: string): string =>
  value.replace(/\\([\\n])/g, (_, char: string) => (char === 'n' ? '\n' : '\\'));
const toLine = (value: string): string => value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');

/** The text of the file with one setting changed: its line is replaced or put at the end; undefined takes it out. */
export function withSetting(file: string, name: string, value: Value): string {
  const lines = file === '' ? [] : file.replace(/\n$/, '').split('\n');
  const kept = lines.filter((line) => !new RegExp(`^\\s*${name}\\s*=`).test(line));
  const at = lines.findIndex((line) => new RegExp(`^\\s*${name}\\s*=`).test(line));
  if (value !== undefined) kept.splice(at < 0 ? kept.length : at, 0, `${name}=${quote(toLine(show(value)))}`);
  return kept.length === 0 ? '' : `${kept.join('\n')}\n`;
}
