import { LlamaError } from '@llambo/llama';
import { describe, expect, test } from 'vitest';
import { LlamboError } from '../../src/errors.ts';
import { formatError, parseError } from '../../src/wire/errors.ts';

describe('errors as lines', () => {
  test.each<[Error, string]>([
    [new LlamaError('bad-request', 'top_k: no: never'), 'bad-request: top_k: no: never'],
    [new LlamaError('queue-full', 'full'), 'queue-full: full'],
    [new LlamboError('no-node', 'none'), 'no-node: none'],
    [new LlamboError('bad-request', 'wrong'), 'bad-request: wrong'],
  ])('%s', (error, line) => {
    expect(formatError(error)).toBe(line);
    expect(parseError(line)).toMatchObject({ code: (error as LlamaError).code, message: error.message });
  });

  test('an error without a code is internal', () => {
    expect(formatError(new TypeError('x is not a function'))).toBe('internal: x is not a function');
    expect(formatError('thrown')).toBe('internal: thrown');
  });

  test.each(['connection is gone', 'file does not exist', 'strange: words', ''])(
    '%j is a fault on the way',
    (line) => {
      expect(parseError(line)).toMatchObject({ code: 'engine-gone', message: `engine is gone: ${line}` });
    },
  );

  test('each code gives the class that has it', () => {
    expect(parseError('context-overflow: x')).toBeInstanceOf(LlamaError);
    expect(parseError('overloaded: x')).toBeInstanceOf(LlamboError);
  });
});
