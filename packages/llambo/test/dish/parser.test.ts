import fc from 'fast-check';
import { expect, test } from 'vitest';
import { diffLines } from '../../src/dish/run/diff.ts';
import { literalPattern, matches, plainText } from '../../src/dish/run/pattern.ts';
import { decodeList, encodeList } from '../../src/dish/run/variables.ts';
import type { Node, Word } from '../../src/dish/syntax/ast.ts';
import { isIncomplete, parse } from '../../src/dish/syntax/parser.ts';
import { quoteList, quoteWord } from '../../src/dish/syntax/quote.ts';
import { output } from './support.ts';

/** A tree as one line of parentheses. */
function show(node: Node): string {
  switch (node.kind) {
    case 'simple': {
      const assignments = node.assignments.map(({ name, value }) => `${name}=${word(value)}`);
      const redirections = node.redirections.map((r) => {
        if (r.kind === 'file') return `[${r.mode} ${r.fd} ${word(r.file)}]`;
        if (r.kind === 'here') return `[here ${r.fd}]`;
        return r.kind === 'dup' ? `[dup ${r.fd} ${r.from}]` : `[close ${r.fd}]`;
      });
      return [...assignments, ...node.words.map(word), ...redirections].join(' ');
    }
    case 'sequence':
      return `(${node.nodes.map(show).join('; ')})`;
    case 'pipe':
      return `(${show(node.left)} |${node.from}:${node.to} ${show(node.right)})`;
    case 'and':
    case 'or':
      return `(${show(node.left)} ${node.kind} ${show(node.right)})`;
    case 'if':
    case 'while':
      return `(${node.kind} ${show(node.condition)} ${show(node.body)})`;
    case 'for':
      return `(for ${node.name}${node.words === undefined ? '' : ` in ${node.words.map(word).join(' ')}`} ${show(node.body)})`;
    case 'switch':
      return `(switch ${word(node.subject)} ${node.cases.map((c) => `${c.patterns.map(word).join(' ')}: ${show(c.body)}`).join(', ')})`;
    case 'match':
      return `(~ ${[node.subject, ...node.patterns].map(word).join(' ')})`;
    case 'function':
      return `(fn ${node.names.map(word).join(' ')}${node.body === undefined ? '' : ` ${show(node.body)}`})`;
    case 'redirected':
      return `(redirected ${show(node.body)})`;
    case 'assigned':
      return `(assigned ${show(node.body)})`;
    default:
      return `(${node.kind} ${show(node.body)})`;
  }
}

function word(w: Word): string {
  switch (w.kind) {
    case 'literal':
      return w.quoted ? `'${w.text}'` : w.text;
    case 'variable':
      return `$${name(w.name)}${w.index === undefined ? '' : `(${w.index.map(word).join(' ')})`}`;
    case 'count':
      return `$#${name(w.name)}`;
    case 'joined':
      return `$"${name(w.name)}`;
    case 'list':
      return `(${w.words.map(word).join(' ')})`;
    case 'concat':
      return `${word(w.left)}^${word(w.right)}`;
    case 'backquote':
      return `\`{${show(w.body)}}`;
    case 'command-file':
      return `${w.mode === 'read' ? '<' : '>'}{${show(w.body)}}`;
  }
}

const name = (w: Word): string => (w.kind === 'literal' ? w.text : word(w));

test.each([
  ['status', 'status'],
  ['a b c', 'a b c'],
  ['a;b&c', '(a; (background b); c)'],
  ['a|b|c', '((a |1:0 b) |1:0 c)'],
  ['a |[2] b |[3=4] c', '((a |2:0 b) |3:4 c)'],
  ['a && b || c', '((a and b) or c)'],
  ['! a | b', '(not (a |1:0 b))'],
  ['a > f < g >> h <> i', 'a [write 1 f] [read 0 g] [append 1 h] [both 0 i]'],
  ['a >[2] f >[2=1] >[3=]', 'a [write 2 f] [dup 2 1] [close 3]'],
  ['> f', '[write 1 f]'],
  ['x=1', 'x=1'],
  ['x=(a b) y=$z cmd w=3', 'x=(a b) y=$z cmd w=3'],
  ['x=`{a}', 'x=`{a}'],
  ['x=', 'x=()'],
  ['$x$y.c', '$x^$y^.c'],
  ["a'b'c", "a^'b'^c"],
  ['$x(1 2)$#y$"z', '$x(1 2)^$#y^$"z'],
  ['$$x', '$$x'],
  ['a^ b ^c', 'a^b^c'],
  ['if(a) b', '(if a b)'],
  ['if(a)\nb', '(if a b)'],
  ['if(a) b && c', '(if a (b and c))'],
  ['if not b', '(if-not b)'],
  ['while(a; b) {c; d}', '(while (a; b) (c; d))'],
  ['for(i in a b) c', '(for i in a b c)'],
  ['for(i) c', '(for i c)'],
  ['for(i in (a\nb)\nc) d', '(for i in (a b) c d)'],
  ['switch($x){case a b; c\ncase *\nd;e\n}', '(switch $x a b: (c), *: (d; e))'],
  ['fn f {a}', '(fn f a)'],
  ['fn f g{a}', '(fn f g a)'],
  ['fn f', '(fn f)'],
  ['~ $x a*b [c]', '(~ $x a*b [c])'],
  ['~ a b && c', '((~ a b) and c)'],
  ['@ a', '(subshell a)'],
  ['@{a;b}', '(subshell (a; b))'],
  ['time a | b', '(time (a |1:0 b))'],
  ['{a} > f', '(redirected a)'],
  ['x=1 {a}', '(assigned a)'],
  ['cat <{a} >{b}', 'cat <{a} >{b}'],
  ['a # b', 'a'],
  ['tcp!host!5640 a=b c#d e@f x~y', 'tcp!host!5640 a=b c#d e@f x~y'],
  ['echo if for fn', 'echo if for fn'],
  ["'if' a", "'if' a"],
  ['a \\\n b', 'a b'],
])('%j parses as %s', (source, tree) => {
  expect(show(parse(source))).toBe(tree);
});

test.each([
  [')', 'expected a command, found )'],
  ['}', 'expected a command, found }'],
  ['a\nb )', 'line 2: expected a command, found )'],
  ['| a', 'expected a command, found |'],
  ['for(a b) c', 'expected ), found b'],
  ['for(1) c', 'expected a name, found 1'],
  ['a >', 'expected a word, found the end'],
  ['a >[x] b', 'bad file descriptor: [x] b'],
  ['$', 'missing name after $'],
  ['`a', 'expected {, found the end'],
  ['switch(a){b}', 'expected case, found b'],
  ["'", 'quote is not closed'],
  ['{a', 'missing }'],
  ['(a', 'missing )'],
  ['cat <<E\na', 'here document has no end: a line E is missing'],
  ['{'.repeat(1000), 'nested too deep'],
  ['('.repeat(1000), 'nested too deep'],
  ['$'.repeat(1000), 'nested too deep'],
  ['! '.repeat(1000), 'nested too deep'],
])('%j is refused', (source, message) => {
  expect(() => parse(source)).toThrow(message);
});

test('what may go on in the next line is known', () => {
  for (const open of [
    "echo 'a",
    'if(a) {',
    'a &&',
    'a |',
    'for(i in a',
    'x=(a',
    '`{a',
    'cat <<E\n',
    'fn f {\na',
  ])
    expect(isIncomplete(open), open).toBe(true);
  for (const whole of ['a', '', 'if(a) b', "echo 'a'", 'a }', ')', '$'])
    expect(isIncomplete(whole), whole).toBe(false);
});

test('quoted words are read back as they were', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 5 }),
      async (list) => {
        const clean = list.map((text) => text.replaceAll('\0', ''));
        const tree = parse(`x ${clean.map(quoteWord).join(' ')}`);
        expect(
          tree.kind === 'simple' && tree.words.slice(1).map((w) => w.kind === 'literal' && w.text),
        ).toEqual(clean);
      },
    ),
  );
  expect(await output(`x=${quoteList(['a', "it's", '', '*', '$y', 'two words'])}; whatis x`)).toBe(
    "x=(a 'it''s' '' '*' '$y' 'two words')\n",
  );
});

test('lists survive as files of /env', () => {
  fc.assert(
    fc.property(fc.array(fc.string().map((text) => text.replaceAll('\0', ''))), (list) => {
      expect(decodeList(encodeList(list))).toEqual(list);
    }),
  );
});

const token = fc.constantFrom(
  'a',
  'if',
  '(',
  ')',
  '{',
  '}',
  ';',
  '\n',
  '|',
  '&&',
  '||',
  '&',
  '!',
  '@',
  '$',
  '$x',
  '$#',
  '$"',
  '`',
  "'",
  "''",
  '<',
  '>',
  '>>',
  '<<E',
  '\nE\n',
  '[2]',
  '[2=1]',
  '^',
  '=',
  'x=',
  '~',
  'for',
  'in',
  'fn',
  'switch',
  'case',
  'not',
  'while',
  '#',
  '\\\n',
  '*',
  ' ',
  'time',
);

test('any text is parsed or refused', () => {
  const check = (source: string): void => {
    try {
      parse(source);
    } catch (error) {
      expect((error as Error).name).toBe('DishSyntaxError');
    }
  };
  fc.assert(
    fc.property(
      fc.array(token, { maxLength: 40 }).map((parts) => parts.join('')),
      check,
    ),
    { numRuns: 500 },
  );
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), check), { numRuns: 300 });
});

test('any text runs or fails, and never breaks the shell', async () => {
  const { open } = await import('./support.ts');
  const { session, io } = await open();
  const safe = fc.constantFrom(
    'echo',
    'true',
    'false',
    'cat',
    '/tmp/f',
    'x=',
    'x=(a b)',
    '$x',
    '$#x',
    '`{echo a}',
    '|',
    ';',
    '&&',
    '||',
    '!',
    '@',
    '{',
    '}',
    '(',
    ')',
    '>',
    '<',
    '>>',
    '/tmp/f',
    '^',
    '*',
    '~',
    'if',
    'for(i in a b)',
    'fn f',
    '\n',
    "'q'",
    '<{echo b}',
    'wc',
    '>[2=1]',
    '&',
    '$*',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(safe, { maxLength: 12 }), async (parts) => {
      await session.run(parts.join(' '));
      session.exiting = false;
    }),
    { numRuns: 120 },
  );
  await session.run('fn echo; x=(); echo still here');
  expect(io.text.endsWith('still here\n')).toBe(true);
  await session.close();
});

test('patterns', () => {
  const reference = (pattern: string, text: string): boolean => {
    // By definition, one step at a time.
    if (pattern === '') return text === '';
    if (pattern[0] === '*')
      return reference(pattern.slice(1), text) || (text !== '' && reference(pattern, text.slice(1)));
    return (
      text !== '' &&
      (pattern[0] === '?' || pattern[0] === text[0]) &&
      reference(pattern.slice(1), text.slice(1))
    );
  };
  const letters = (chars: string[]) =>
    fc.array(fc.constantFrom(...chars), { maxLength: 8 }).map((all) => all.join(''));
  fc.assert(
    fc.property(letters(['a', 'b', '*', '?']), letters(['a', 'b']), (pattern, text) => {
      expect(matches(pattern, text)).toBe(reference(pattern, text));
    }),
  );
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(matches(literalPattern(text), text)).toBe(true);
      expect(plainText(literalPattern(text))).toBe(text);
    }),
  );
  expect(matches('[a-c]x', 'bx')).toBe(true);
  expect(matches('[~a-c]x', 'bx')).toBe(false);
  expect(matches('[]]', ']')).toBe(true);
  expect(matches('[a', '[a')).toBe(true);
  expect(matches(`${'*a'.repeat(40)}b`, 'a'.repeat(2000))).toBe(false);
});

test('differences lead from one text to the other', () => {
  const lines = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 12 });
  fc.assert(
    fc.property(lines, lines, (a, b) => {
      const text = (all: string[]): string => all.map((line) => `${line}\n`).join('');
      expect(patched(a, diffLines(text(a), text(b)))).toEqual(b);
    }),
  );
  expect(diffLines('a\nb\nc\n', 'a\nx\nc\nd\n')).toBe('2c2\n< b\n---\n> x\n3a4\n> d\n');
});

/** `lines` with the changes that diff printed. */
function patched(lines: readonly string[], diff: string): string[] {
  const out: string[] = [];
  let at = 0;
  for (const line of diff.split('\n')) {
    const head = /^(\d+)(?:,(\d+))?([acd])/.exec(line);
    if (head !== null) {
      const from = Number(head[1]) - (head[3] === 'a' ? 0 : 1);
      out.push(...lines.slice(at, from));
      at = head[3] === 'a' ? from : Number(head[2] ?? head[1]);
    } else if (line.startsWith('> ')) out.push(line.slice(2));
  }
  return [...out, ...lines.slice(at)];
}
