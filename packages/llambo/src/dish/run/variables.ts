/**
 * Variables are lists of words, kept as files of /env as rc(1) keeps them: words apart by NUL. An empty word at the end has
 * a NUL behind it, so that a list of one empty word is not an empty list.
 */
import { EnvGroup } from '@llambo/namespace';

const decoder = new TextDecoder();

/** An environment that is large enough for answers of models. */
export function newEnvironment(): EnvGroup {
  return new EnvGroup({}, { bytes: 64 << 20, variables: 10_000 });
}

export function encodeList(list: readonly string[]): string {
  const text = list.join('\0');
  return list.at(-1) === '' ? `${text}\0` : text;
}

export function decodeList(text: string): string[] {
  if (text === '') return [];
  return (text.endsWith('\0') ? text.slice(0, -1) : text).split('\0');
}

export function getVariable(env: EnvGroup, name: string): string[] {
  if (/^[1-9]\d*$/.test(name)) {
    const word = getVariable(env, '*')[Number(name) - 1];
    return word === undefined ? [] : [word];
  }
  const value = env.lookup(name)?.value;
  return value === undefined ? [] : decodeList(decoder.decode(value));
}

export function setVariable(env: EnvGroup, name: string, list: readonly string[]): void {
  env.set(name, encodeList(list));
}
