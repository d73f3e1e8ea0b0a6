/** llambo.yaml: what it means, and where a mistake in it is. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { loadConfig, parseConfig } from '../../src/config/load.ts';
import { classSchema, configSchema } from '../../src/config/schema.ts';
import { formatBytes, parseBytes } from '../../src/config/units.ts';

const parse = (text: string) => parseConfig(text, 'f');

describe('mistakes', () => {
  const MISTAKES: readonly (readonly [yaml: string, message: string])[] = [
    ['colour: red', 'f:1:1: colour: unknown key'],
    ['queue: 5\nlisten:\n  https: x', 'f:3:3: listen.https: unknown key'],
    ['classes:\n  tiny:\n    model: m\n    cpus: 2', 'f:4:5: classes.tiny.cpus: unknown key'],
    [
      'classes:\n  tiny: {model: m, memory: lots}',
      'f:2:20: classes.tiny.memory: "lots" is not a size such as 128MB or 8GB',
    ],
    [
      'classes:\n  tiny: {model: m, memory: -1}',
      'f:2:20: classes.tiny.memory: -1 is not a size such as 128MB or 8GB',
    ],
    [
      'classes:\n  tiny: {model: m, memory: [1]}',
      'f:2:20: classes.tiny.memory: [1] is not a size such as 128MB or 8GB',
    ],
    ['listen: {http: nowhere}', 'f:1:10: listen.http: is not HOST:PORT'],
    ['listen: {http: "localhost:65536"}', 'f:1:10: listen.http: is not HOST:PORT'],
    ['queue: many', 'f:1:1: queue: invalid input: expected number, received string'],
    ['queue: -1', 'f:1:1: queue: too small: expected number to be >=0'],
    [
      'classes:\n  tiny: {count: 2}',
      'f:2:3: classes.tiny.model: invalid input: expected string, received undefined',
    ],
    [
      'classes:\n  tiny: {model: m, count: 1.5}',
      'f:2:20: classes.tiny.count: invalid input: expected int, received number',
    ],
    ['classes: {}', 'f:1:1: classes: needs at least one class'],
    ['classes: {Big: {model: m}}', 'f:1:11: classes.Big: is not a class name'],
    ['engine: {kind: magic}', 'f:1:10: engine.kind: invalid option: expected one of "llama"|"echo"'],
    [
      'autoscale: {schedule: [{at: noon, nodes: 2}]}',
      'f:1:25: autoscale.schedule.0.at: is not a time of day such as "08:30"',
    ],
    ['autoscale: {target: 65}', 'f:1:13: autoscale.target: too big: expected number to be <=1'],
    ['- a', 'f:1:1: configuration: invalid input: expected object, received array'],
  ];
  test.each(MISTAKES)('%j', (yaml, message) => {
    expect(() => parse(yaml)).toThrow(message);
    expect(() => parse(yaml)).toThrow(expect.objectContaining({ name: 'LlamboError', code: 'config' }));
  });

  test('an unknown strategy is answered with those that there are', () => {
    expect(() => parse('strategy: best')).toThrow(
      /^f:1:1: strategy: .*"round-robin"\|"least-loaded"\|"random"/,
    );
  });

  test('what is no YAML has a position too', () => {
    expect(() => parse('queue: [1')).toThrow(/^f:1:\d+: /);
    expect(() => parse('queue: 1\nqueue: 2')).toThrow(/^f:2:1: Map keys must be unique/);
    expect(() => parse('a: *nothing')).toThrow(/^f:1:4: /);
  });

  test('all of them are told at once, one a line', () => {
    const message = (() => {
      try {
        parse('queue: x\ncolour: red\nlisten: {http: y}');
      } catch (error) {
        return (error as Error).message;
      }
      return '';
    })();
    expect(
      message
        .split('\n')
        .map((line) => line.split(': ')[1])
        .sort(),
    ).toEqual(['colour', 'listen.http', 'queue']);
  });

  test('any text gives a configuration or one kind of error', () => {
    const key = fc.constantFrom('queue', 'classes', 'listen', 'engine', 'strategy', 'tiny', 'model', 'x');
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.oneof(fc.integer(), fc.string(), fc.constant(null), fc.double()),
        fc.dictionary(key, tie('tree')),
        fc.array(tie('tree'), { maxLength: 3 }),
      ),
    }));
    const text = fc.oneof(
      fc.string({ maxLength: 60 }),
      tree.map((value) => JSON.stringify(value)),
    );
    fc.assert(
      fc.property(text, (yaml) => {
        try {
          parse(yaml);
        } catch (error) {
          expect(error).toMatchObject({ name: 'LlamboError', code: 'config' });
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('defaults', () => {
  test('nothing is a configuration', () => {
    expect(parse('')).toEqual({
      listen: { http: '127.0.0.1:8640' },
      strategy: 'least-loaded',
      classes: {
        tiny: {
          count: 8,
          model: 'smollm2-135m',
          memory: 134_217_728,
          cpu: 0.1,
          cpu_limit: 'soft',
          context_size: 2048,
        },
      },
      engine: { kind: 'llama' },
      host: { local: true },
      limits: { minimum: 1, maximum: 10_000 },
      autoscale: { enabled: false, policy: 'target' },
      hedge: false,
      queue: 1000,
    });
  });

  test('a part that is given keeps the defaults of its other members', () => {
    expect(parse('listen: {}').listen).toEqual({ http: '127.0.0.1:8640' });
    expect(parse('engine: {threads: 2}').engine).toEqual({ kind: 'llama', threads: 2 });
    expect(parse('classes: {a: {model: m}}').classes).toEqual({
      a: { count: 1, model: 'm', memory: 134_217_728, cpu: 1, cpu_limit: 'soft', context_size: 2048 },
    });
  });

  test('the classes of the seed', () => {
    const yaml =
      'classes:\n  tiny: {count: 500, model: a, memory: 128MB, cpu: 0.1, context_size: 512}\n  large: {model: b, memory: 8GB, cpu: 4}';
    const { classes } = parse(yaml);
    expect(Object.keys(classes)).toEqual(['tiny', 'large']);
    expect(classes['large']?.memory).toBe(8 * 1024 ** 3);
  });

  test.each(['localhost:1', '0.0.0.0:65535', '[::1]:8640', '127.0.0.1:0'])('address %s', (http) => {
    expect(parse(`listen: {http: "${http}"}`).listen.http).toBe(http);
  });

  test('files: the one that is named, with its name in errors', () => {
    const folder = mkdtempSync(join(tmpdir(), 'llambo-config-'));
    try {
      const file = join(folder, 'my.yaml');
      writeFileSync(file, 'queue: 7');
      expect(loadConfig(file).queue).toBe(7);
      writeFileSync(file, '\nqueue: x');
      expect(() => loadConfig(file)).toThrow(`${file}:2:1: queue`);
      expect(() => loadConfig(join(folder, 'absent.yaml'))).toThrow(/cannot read .*absent\.yaml/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('sizes', () => {
  test.each([
    ['128MB', 134_217_728],
    ['1 GiB', 1_073_741_824],
    ['512m', 536_870_912],
    ['1.5k', 1536],
    ['1024', 1024],
    [' 7 B ', 7],
    [4096, 4096],
    ['2TB', 2 * 1024 ** 4],
    ['', undefined],
    ['MB', undefined],
    ['1 XB', undefined],
    ['-1MB', undefined],
    [Number.NaN, undefined],
    [-1, undefined],
  ])('%j is %j bytes', (text, bytes) => expect(parseBytes(text)).toBe(bytes));

  test('what is written is read again, but for rounding', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 50 }), (bytes) => {
        const again = parseBytes(formatBytes(bytes)) as number;
        expect(Math.abs(again - bytes)).toBeLessThanOrEqual(bytes * 0.05);
      }),
    );
  });

  test('whole numbers of every unit are exact', () => {
    fc.assert(
      fc.property(
        fc.nat(9999),
        fc.constantFrom('', 'k', 'M', 'g', 'T'),
        fc.constantFrom('', 'B', 'iB'),
        (n, unit, b) => {
          if (unit === '' && b === 'iB') return;
          expect(parseBytes(`${n}${unit}${b}`)).toBe(
            n * 1024 ** ['', 'k', 'm', 'g', 't'].indexOf(unit.toLowerCase()),
          );
        },
      ),
    );
  });
});

test('llambo.yaml(5) names every key', () => {
  const manual = readFileSync(new URL('../../../../docs/man/llambo.yaml.5.md', import.meta.url), 'utf8');
  const named = new Set([...manual.matchAll(/`([\w.]+)`/g)].map(([, name]) => name));
  const keys = (schema: unknown, path: string): string[] => {
    const { properties } = schema as { properties?: Record<string, unknown> };
    if (properties === undefined) return [path];
    return Object.entries(properties).flatMap(([name, inner]) =>
      keys(inner, path === '' ? name : `${path}.${name}`),
    );
  };
  const json = z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' });
  const all = keys(json, '').map((key) =>
    key === 'classes' || key === 'autoscale.classes' ? `${key}.NAME` : key,
  );
  expect(all.filter((key) => !named.has(key))).toEqual([]);
  expect(Object.keys(classSchema.shape).filter((key) => !named.has(key))).toEqual([]);
});
