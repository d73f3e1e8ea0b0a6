/**
 * JSON Schema to GBNF: the part of the schema language that says which texts are valid, written as a grammar that
 * llama.cpp can follow token by token. What a context-free grammar cannot say (uniqueItems, patternProperties, not) is
 * refused rather than ignored. Objects come out with their properties in the schema's order.
 */
import { badRequest } from '../errors.ts';

type Schema = Record<string, unknown>;

const MOST_DEPTH = 64;
const MOST_RULES = 4096;

const BASE: Readonly<Record<string, string>> = {
  space: '| " " | "\\n"{1,2} [ \\t]{0,20}',
  boolean: '("true" | "false") space',
  null: '"null" space',
  char: '[^"\\\\\\x7F\\x00-\\x1F] | [\\\\] (["\\\\bfnrt/] | "u" [0-9a-fA-F]{4})',
  string: '"\\"" char* "\\"" space',
  integer: '"-"? ("0" | [1-9] [0-9]{0,15}) space',
  number: '"-"? ("0" | [1-9] [0-9]{0,15}) ("." [0-9]{1,16})? ([eE] [-+]? [0-9]{1,3})? space',
  value: 'object | array | string | number | boolean | null',
  object: '"{" space (string ":" space value ("," space string ":" space value)*)? "}" space',
  array: '"[" space (value ("," space value)*)? "]" space',
};
const USES: Readonly<Record<string, readonly string[]>> = {
  string: ['char'],
  value: ['object', 'array', 'string', 'number', 'boolean', 'null'],
  object: ['string', 'value'],
  array: ['value'],
};
const REFUSED = [
  'not',
  'patternProperties',
  'uniqueItems',
  'contains',
  'if',
  'then',
  'else',
  'dependentSchemas',
  'multipleOf',
];

/** A grammar of any JSON object: what response_format json_object asks for. */
export const JSON_OBJECT_SCHEMA: Schema = { type: 'object' };

/** @throws LlamaError `bad-request` naming the place in the schema that cannot be followed */
export function schemaToGrammar(schema: unknown): string {
  return new Converter(schema).grammar();
}

class Converter {
  readonly #root: unknown;
  readonly #rules = new Map<string, string>();
  readonly #references = new Map<string, string>();

  constructor(root: unknown) {
    this.#root = root;
  }

  grammar(): string {
    this.#base('space');
    this.#rules.set('root', this.#visit(this.#root, 'root', '#', 0));
    return [...this.#rules].map(([name, rule]) => `${name} ::= ${rule}`).join('\n');
  }

  /** The right side of a rule for `schema`. */
  #visit(schema: unknown, name: string, path: string, depth: number): string {
    if (depth > MOST_DEPTH) throw badRequest(`json schema is nested over ${MOST_DEPTH} deep at ${path}`);
    if (schema === true) return this.#base('value');
    if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) {
      throw badRequest(`json schema must be an object at ${path}`);
    }
    const node = schema as Schema;
    for (const key of REFUSED) {
      if (node[key] !== undefined && node[key] !== false)
        throw badRequest(`json schema keyword ${key} is not supported at ${path}`);
    }
    if (typeof node.$ref === 'string') return this.#reference(node.$ref, path, depth);
    if (node.const !== undefined) return this.#literal(node.const);
    if (Array.isArray(node.enum)) return this.#alternatives(node.enum, path, (value) => this.#literal(value));
    const choices = node.anyOf ?? node.oneOf;
    if (choices !== undefined) {
      const { anyOf: _a, oneOf: _o, ...rest } = node;
      return this.#alternatives(choices, path, (choice, i) =>
        this.#named({ ...rest, ...(choice as Schema) }, `${name}-${i}`, `${path}/anyOf/${i}`, depth + 1),
      );
    }
    if (Array.isArray(node.allOf)) return this.#visit(this.#merged(node, path), name, path, depth + 1);
    if (Array.isArray(node.type)) {
      return this.#alternatives(node.type, path, (type, i) =>
        this.#named({ ...node, type }, `${name}-${i}`, path, depth + 1),
      );
    }
    return this.#typed(node, name, path, depth);
  }

  #typed(node: Schema, name: string, path: string, depth: number): string {
    const type =
      node.type ??
      (node.properties !== undefined ? 'object' : node.items !== undefined ? 'array' : undefined);
    switch (type) {
      case 'object':
        return this.#object(node, name, path, depth);
      case 'array':
        return this.#array(node, name, path, depth);
      case 'string':
        return this.#string(node, path);
      case 'integer':
      case 'number':
      case 'boolean':
      case 'null':
        return this.#base(type as string);
      case undefined:
        return this.#base('value');
      default:
        throw badRequest(`json schema type ${JSON.stringify(type)} is unknown at ${path}`);
    }
  }

  #object(node: Schema, name: string, path: string, depth: number): string {
    const properties = Object.entries((node.properties ?? {}) as Record<string, unknown>);
    const required = new Set((node.required ?? []) as string[]);
    for (const key of required) {
      if (!properties.some(([property]) => property === key)) {
        throw badRequest(
          `json schema requires property ${JSON.stringify(key)} without describing it at ${path}`,
        );
      }
    }
    const extra = node.additionalProperties;
    if (properties.length === 0 && (extra === undefined || extra === true)) return this.#base('object');
    const pairs = properties.map(([key, value], i) => {
      const rule = this.#named(value, `${name}-${slug(key, i)}`, `${path}/properties/${key}`, depth + 1);
      return {
        required: required.has(key),
        rule: this.#add(
          `${name}-${slug(key, i)}-kv`,
          `${quote(JSON.stringify(key))} space ":" space ${rule}`,
        ),
      };
    });
    if (typeof extra === 'object' && extra !== null) {
      const value = this.#named(extra, `${name}-extra`, `${path}/additionalProperties`, depth + 1);
      const pair = this.#add(`${name}-extra-kv`, `${this.#base('string')} ":" space ${value}`);
      pairs.push({ required: false, rule: this.#add(`${name}-extra-kvs`, `${pair} ("," space ${pair})*`) });
    }
    return `"{" space ${this.#members(pairs, name)} "}" space`;
  }

  /**
   * Members in order, optional ones left out at will, commas between those that are there: for each position a rule that
   * continues behind a member, and one that may still begin.
   */
  #members(pairs: readonly { required: boolean; rule: string }[], name: string): string {
    let rest = '';
    let begin = '';
    for (let i = pairs.length - 1; i >= 0; i--) {
      const { required, rule } = pairs[i] as { required: boolean; rule: string };
      const own = rest === '' ? rule : `${rule} ${rest}`;
      const started = required ? own : begin === '' ? `(${own})?` : `(${own} | ${begin})`;
      begin = this.#add(`${name}-from-${i}`, started);
      const follow = `"," space ${own}`;
      rest = this.#add(
        `${name}-after-${i}`,
        required ? follow : rest === '' ? `(${follow})?` : `(${follow} | ${rest})`,
      );
    }
    return begin;
  }

  #array(node: Schema, name: string, path: string, depth: number): string {
    if (Array.isArray(node.prefixItems)) {
      const items = node.prefixItems.map((item, i) =>
        this.#named(item, `${name}-${i}`, `${path}/prefixItems/${i}`, depth + 1),
      );
      return `"[" space ${items.join(' "," space ')} "]" space`;
    }
    const item =
      node.items === undefined
        ? this.#base('value')
        : this.#named(node.items, `${name}-item`, `${path}/items`, depth + 1);
    const least = bound(node.minItems, 0, path, 'minItems');
    const most = node.maxItems === undefined ? undefined : bound(node.maxItems, 0, path, 'maxItems');
    if (most === 0) return '"[" space "]" space';
    const more = `("," space ${item}){${Math.max(0, least - 1)},${most === undefined ? '' : most - 1}}`;
    const body = `${item} ${more}`;
    return `"[" space ${least === 0 ? `(${body})?` : body} "]" space`;
  }

  #string(node: Schema, path: string): string {
    if (node.pattern !== undefined)
      throw badRequest(`json schema keyword pattern is not supported at ${path}`);
    const formats: Record<string, string> = {
      date: '[0-9]{4} "-" [0-1] [0-9] "-" [0-3] [0-9]',
      time: '[0-2] [0-9] ":" [0-5] [0-9] ":" [0-5] [0-9] ("." [0-9]{3})? ("Z" | [-+] [0-2] [0-9] ":" [0-5] [0-9])',
      uuid: '[0-9a-f]{8} "-" [0-9a-f]{4} "-" [0-9a-f]{4} "-" [0-9a-f]{4} "-" [0-9a-f]{12}',
    };
    formats['date-time'] = `${formats.date} "T" ${formats.time}`;
    const format = formats[String(node.format)];
    if (format !== undefined) return `"\\"" ${format} "\\"" space`;
    if (node.minLength === undefined && node.maxLength === undefined) return this.#base('string');
    const least = bound(node.minLength, 0, path, 'minLength');
    const most = node.maxLength === undefined ? '' : bound(node.maxLength, 0, path, 'maxLength');
    return `"\\"" ${this.#base('char')}{${least},${most}} "\\"" space`;
  }

  #reference(pointer: string, path: string, depth: number): string {
    const known = this.#references.get(pointer);
    if (known !== undefined) return known;
    if (!pointer.startsWith('#'))
      throw badRequest(`json schema reference ${pointer} is not within the schema at ${path}`);
    let target: unknown = this.#root;
    for (const part of pointer.slice(1).split('/').filter(Boolean)) {
      target = (target as Schema | undefined)?.[part.replaceAll('~1', '/').replaceAll('~0', '~')];
    }
    if (target === undefined) throw badRequest(`json schema reference ${pointer} leads nowhere at ${path}`);
    const name = `ref-${this.#references.size}`;
    this.#references.set(pointer, name);
    return this.#add(name, this.#visit(target, name, pointer, depth + 1));
  }

  #merged(node: Schema, path: string): Schema {
    const { allOf, ...result } = node;
    const merged: Schema = { ...result };
    for (const part of allOf as Schema[]) {
      if (typeof part !== 'object' || part === null || '$ref' in part) {
        throw badRequest(`json schema allOf may only hold plain schemas at ${path}`);
      }
      merged.properties = { ...(merged.properties as Schema), ...(part.properties as Schema) };
      merged.required = [...((merged.required ?? []) as string[]), ...((part.required ?? []) as string[])];
      for (const [key, value] of Object.entries(part))
        if (key !== 'properties' && key !== 'required') merged[key] = value;
    }
    return merged;
  }

  #alternatives(values: unknown, path: string, rule: (value: unknown, index: number) => string): string {
    if (!Array.isArray(values) || values.length === 0)
      throw badRequest(`json schema offers no alternative at ${path}`);
    return `(${values.map(rule).join(' | ')})`;
  }

  #literal(value: unknown): string {
    return `${quote(JSON.stringify(value))} space`;
  }

  /** A rule of its own for a part, so that it can be repeated and named in alternatives. */
  #named(schema: unknown, name: string, path: string, depth: number): string {
    return this.#add(name, this.#visit(schema, name, path, depth));
  }

  #add(name: string, rule: string): string {
    if (this.#rules.size >= MOST_RULES)
      throw badRequest(`json schema needs over ${MOST_RULES} grammar rules`);
    let unique = name;
    for (let i = 1; this.#rules.has(unique); i++) unique = `${name}-${i}x`;
    this.#rules.set(unique, rule);
    return unique;
  }

  #base(name: string): string {
    if (!this.#rules.has(name)) {
      this.#rules.set(name, BASE[name] as string);
      for (const used of USES[name] ?? []) this.#base(used);
    }
    return name;
  }
}

/** Rule names hold letters, digits and dashes. */
const slug = (key: string, index: number): string =>
  `${key.replace(/[^a-zA-Z0-9]/g, '').slice(0, 24)}${index}`;

/** A text as a GBNF literal. */
const quote = (text: string): string =>
  `"${text.replace(/[\\"\n\r]/g, (char) => ({ '\\': '\\\\', '"': '\\"', '\n': '\\n', '\r': '\\r' })[char] as string)}"`;

function bound(value: unknown, otherwise: number, path: string, key: string): number {
  if (value === undefined) return otherwise;
  if (!Number.isInteger(value) || (value as number) < 0 || (value as number) > 10_000) {
    throw badRequest(`json schema ${key} must be an integer from 0 to 10000 at ${path}`);
  }
  return value as number;
}
