import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Inline, parseBlocks, parseInline } from '../src/markdown/parse.ts';

/** The tree in one line: `p(…)`, `b(…)`: short enough to stand beside its source. */
const inline = (nodes: readonly Inline[]): string =>
  nodes
    .map((node) => {
      if (node.kind === 'text') return node.text;
      if (node.kind === 'code') return `code(${node.text})`;
      if (node.kind === 'break') return '|';
      if (node.kind === 'link') return `link(${node.href} ${inline(node.children)})`;
      return `${node.kind}(${inline(node.children)})`;
    })
    .join('');

const kinds = (source: string): string =>
  parseBlocks(source)
    .map(({ kind }) => kind)
    .join(' ');

describe('inline Markdown', () => {
  it.each([
    ['plain words', 'plain words'],
    ['**b** and *i*', 'strong(b) and em(i)'],
    ['__b__ _i_ ~~d~~', 'strong(b) em(i) del(d)'],
    ['**b *i* b**', 'strong(b em(i) b)'],
    ['snake_case_name', 'snake_case_name'],
    ['2 * 3 * 4', '2 * 3 * 4'],
    ['`a * b`', 'code(a * b)'],
    ['`` a ` b ``', 'code(a ` b)'],
    ['`open', 'code(open)'],
    ['**open', '**open'],
    ['\\*no\\*', '*no*'],
    ['a  \nb\nc', 'a|b c'],
    ['[9P](https://9p.io)', 'link(https://9p.io 9P)'],
    ['[x](javascript:alert(1))', '[x](javascript:alert(1))'],
    ['[x](javascript:alert)', 'x'],
    ['see https://9p.io/intro.', 'see link(https://9p.io/intro https://9p.io/intro).'],
    ['<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'],
  ])('%j is %s', (source, expected) => expect(inline(parseInline(source))).toBe(expected));
});

describe('blocks of Markdown', () => {
  it.each([
    ['a\nb\n\nc', 'paragraph paragraph'],
    ['# One\ntext', 'heading paragraph'],
    ['#tag', 'paragraph'],
    ['```ts\na\n\nb\n```\nafter', 'code paragraph'],
    ['```\nstill coming', 'code'],
    ['- a\n- b\n\ntext', 'list paragraph'],
    ['1. a\n2. b', 'list'],
    ['* a\n\n* b', 'list'],
    ['> quoted\n> more', 'quote'],
    ['| a | b |\n|---|---|\n| 1 | 2 |', 'table'],
    ['a | b', 'paragraph'],
    ['---', 'rule'],
    ['- a\n1. b', 'list list'],
  ])('%j is %s', (source, expected) => expect(kinds(source)).toBe(expected));

  it('keeps what is inside', () => {
    expect(parseBlocks('```ts\nlet a = 1;\n\nb()\n```')).toEqual([
      { kind: 'code', language: 'ts', text: 'let a = 1;\n\nb()' },
    ]);
    expect(parseBlocks('3. a\n   - b\n4. c')).toEqual([
      {
        kind: 'list',
        start: 3,
        items: [
          [
            { kind: 'paragraph', text: 'a' },
            { kind: 'list', start: undefined, items: [[{ kind: 'paragraph', text: 'b' }]] },
          ],
          [{ kind: 'paragraph', text: 'c' }],
        ],
      },
    ]);
    expect(parseBlocks('| a | b |\n|:--|--:|\n| 1 \\| 2 |')).toEqual([
      { kind: 'table', head: ['a', 'b'], rows: [['1 | 2', '']] },
    ]);
  });

  it('takes anything, whole or cut anywhere, without failing or losing words', () => {
    const pieces = fc.constantFrom(
      '*',
      '_',
      '`',
      '```\n',
      '# ',
      '- ',
      '1. ',
      '> ',
      '|',
      '\n',
      '\n\n',
      '  ',
      '[',
      '](',
      ')',
      '~~',
      '\\',
      'word',
      '---\n',
      'http://a.b',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string()), { maxLength: 60 }), (parts) => {
        const source = parts.join('');
        const words = (JSON.stringify(parseBlocks(source)).match(/word/g) ?? []).length;
        expect(words).toBe((source.match(/word/g) ?? []).length);
        for (const block of parseBlocks(source)) if (block.kind === 'paragraph') parseInline(block.text);
      }),
      { numRuns: 400 },
    );
  });

  it('is done in time with the worst that a model could write', () => {
    for (const bad of ['*', '**a', '[', '`', '> ', '- ', '|', '_a ', 'https://', '[a](b'].map((each) =>
      each.repeat(8000),
    )) {
      for (const block of parseBlocks(bad)) if (block.kind === 'paragraph') parseInline(block.text);
    }
  });
});
