import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { KeyLimits } from '../cluster/admission/index.ts';
import { badKeyLine } from './errors.ts';

/** What a key may do: ask models, steer the cluster, or everything. */
export type Scope = 'infer' | 'operate' | 'admin';
export const SCOPES: readonly Scope[] = ['infer', 'operate', 'admin'];

/** An API key as it is kept: its secret only as a hash. */
export interface KeyRecord {
  /** Eight characters, the public part of the key. */
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly limits: KeyLimits;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** SHA-256 of the whole key, in hex. A key has 190 random bits: a slow hash would protect nothing more. */
  readonly hash: string;
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const KEY = /^llambo_([a-zA-Z0-9]{8})_[a-zA-Z0-9]{32}$/;

/** Bytes beyond the largest multiple of 62 are thrown away, so that every character is as likely. */
function randomText(length: number): string {
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(length))
      if (byte < 248 && text.length < length) text += ALPHABET[byte % 62];
  }
  return text;
}

/** A new secret: `llambo_ID_SECRET`. */
export const newSecret = (): string => `llambo_${randomText(8)}_${randomText(32)}`;

/** The public part of a key; undefined when the text is no key. */
export const idOf = (secret: string): string | undefined => KEY.exec(secret)?.[1];

export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');

export function matches(record: KeyRecord, secret: string): boolean {
  return timingSafeEqual(Buffer.from(record.hash, 'hex'), Buffer.from(hashOf(secret), 'hex'));
}

const LIMITS: readonly (readonly [attribute: string, member: keyof KeyLimits])[] = [
  ['requests_per_minute', 'requestsPerMinute'],
  ['tokens_per_minute', 'tokensPerMinute'],
  ['concurrency', 'concurrency'],
];

/** `id=... name=... scopes=infer,operate created=2026-11-24T12:34:56.789Z hash=... tokens_per_minute=1000` */
export function formatKey({ id, name, scopes, createdAt, hash, limits }: KeyRecord): string {
  const bounds = LIMITS.flatMap(([attribute, member]) =>
    limits[member] === undefined ? [] : [`${attribute}=${limits[member]}`],
  );
  const created = new Date(createdAt).toISOString();
  return [
    `id=${id}`,
    `name=${name}`,
    `scopes=${scopes.join(',')}`,
    `created=${created}`,
    ...bounds,
    `hash=${hash}`,
  ].join(' ');
}

/** @throws LlamboError `config` that names the line */
export function parseKey(line: string, number: number): KeyRecord {
  const attributes = new Map(
    line
      .trim()
      .split(/\s+/)
      .map((word): [string, string] => {
        const at = word.indexOf('=');
        return [word.slice(0, at), word.slice(at + 1)];
      }),
  );
  const take = (name: string, form: RegExp): string => {
    const value = attributes.get(name);
    if (value === undefined || !form.test(value)) throw badKeyLine(number, name);
    return value;
  };
  const createdAt = Date.parse(take('created', /^\S+$/));
  if (Number.isNaN(createdAt)) throw badKeyLine(number, 'created');
  const limits = Object.fromEntries(
    LIMITS.flatMap(([attribute, member]) =>
      attributes.has(attribute) ? [[member, Number(take(attribute, /^[1-9]\d{0,14}$/))]] : [],
    ),
  );
  return {
    id: take('id', /^[a-zA-Z0-9]{8}$/),
    name: take('name', NAME),
    scopes: take('scopes', /^(infer|operate|admin)(,(infer|operate|admin))*$/).split(',') as Scope[],
    createdAt,
    hash: take('hash', /^[0-9a-f]{64}$/),
    limits,
  };
}

/** Names are words, so that lines need no quotes. */
export const NAME: RegExp = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/;
