/** Filters of lines. */
import { DishError } from '../errors.ts';
import { diffLines } from '../run/diff.ts';
import { type Builtin, expectArgs, parseFlags, toNumber, usageError } from './builtin.ts';

const joined = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

const grep: Builtin = {
  name: 'grep',
  group: 'text',
  usage: '[-cilnv] pattern [file ...]',
  summary: 'print the lines that a regular expression matches',
  takes: ['none', 'file'],
  async run(ctx, words) {
    const flags = parseFlags(grep, words, 'cilnv');
    const [pattern, ...names] = flags.args;
    if (pattern === undefined) throw usageError(grep);
    let expression: RegExp;
    try {
      expression = new RegExp(pattern, flags.has('i') ? 'iu' : 'u');
    } catch (error) {
      throw new DishError((error as Error).message);
    }
    let any = false;
    for (const name of names.length === 0 ? [undefined] : names) {
      let count = 0;
      let number = 0;
      search: for await (const batch of ctx.inputLines(name === undefined ? [] : [name])) {
        let found = '';
        for (const line of batch) {
          number++;
          if (expression.test(line) === flags.has('v')) continue;
          count++;
          if (flags.has('l')) break search;
          if (!flags.has('c'))
            found += `${names.length > 1 ? `${name}:` : ''}${flags.has('n') ? `${number}:` : ''}${line}\n`;
        }
        if (found !== '') await ctx.out(found);
      }
      if (count > 0) any = true;
      if (flags.has('c')) await ctx.out(`${names.length > 1 ? `${name}:` : ''}${count}\n`);
      if (flags.has('l') && count > 0) await ctx.out(`${name ?? '-'}\n`);
    }
    return any ? '' : 'no matches';
  },
};

const head: Builtin = {
  name: 'head',
  group: 'text',
  usage: '[-n lines] [file ...]',
  summary: 'print the first lines, ten of them',
  async run(ctx, words) {
    const flags = parseFlags(head, words, 'n:#');
    let left = flags.number('n') ?? flags.number('#') ?? 10;
    if (left <= 0) return;
    for await (const batch of ctx.inputLines(flags.args)) {
      const taken = batch.slice(0, left);
      await ctx.out(joined(taken));
      left -= taken.length;
      if (left <= 0) break;
    }
  },
};

const tail: Builtin = {
  name: 'tail',
  group: 'text',
  usage: '[-n lines] [file ...]',
  summary: 'print the last lines, ten of them',
  async run(ctx, words) {
    const flags = parseFlags(tail, words, 'n:#');
    const count = flags.number('n') ?? flags.number('#') ?? 10;
    const kept: string[] = [];
    for await (const batch of ctx.inputLines(flags.args)) {
      for (const line of batch) kept.push(line);
      if (kept.length > count) kept.splice(0, kept.length - count);
    }
    if (count > 0) await ctx.out(joined(kept));
  },
};

const sort: Builtin = {
  name: 'sort',
  group: 'text',
  usage: '[-nru] [file ...]',
  summary: 'sort lines; -n by number, -r backwards, -u each line once',
  async run(ctx, words) {
    const flags = parseFlags(sort, words, 'nru');
    let lines: string[] = [];
    for await (const batch of ctx.inputLines(flags.args)) for (const line of batch) lines.push(line);
    const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
    const byNumber = (a: string, b: string): number =>
      (Number.parseFloat(a) || 0) - (Number.parseFloat(b) || 0) || byText(a, b);
    lines.sort(flags.has('n') ? byNumber : byText);
    if (flags.has('r')) lines.reverse();
    if (flags.has('u')) lines = lines.filter((line, i) => i === 0 || line !== lines[i - 1]);
    await ctx.out(joined(lines));
  },
};

const uniq: Builtin = {
  name: 'uniq',
  group: 'text',
  usage: '[-cd] [file]',
  summary: 'print lines that follow each other once; -c with their number, -d only repeated ones',
  async run(ctx, words) {
    const flags = parseFlags(uniq, words, 'cd');
    let last: string | undefined;
    let count = 0;
    const counted = (): string => {
      if (last === undefined || (flags.has('d') && count < 2)) return '';
      return `${flags.has('c') ? `${String(count).padStart(4)} ` : ''}${last}\n`;
    };
    for await (const batch of ctx.inputLines(flags.args)) {
      let out = '';
      for (const line of batch) {
        if (line !== last) {
          out += counted();
          last = line;
          count = 0;
        }
        count++;
      }
      if (out !== '') await ctx.out(out);
    }
    await ctx.out(counted());
  },
};

const wc: Builtin = {
  name: 'wc',
  group: 'text',
  usage: '[-lwc] [file ...]',
  summary: 'count lines, words and bytes',
  async run(ctx, words) {
    const flags = parseFlags(wc, words, 'lwc');
    const all = !flags.has('l') && !flags.has('w') && !flags.has('c');
    for (const name of flags.args.length === 0 ? [undefined] : flags.args) {
      let lines = 0;
      let bytes = 0;
      let text = '';
      let counted = 0;
      const decoder = new TextDecoder();
      const count = (): void => {
        const found = text.split(/\s+/);
        text = found.pop() as string; // may go on in the next piece
        counted += found.filter(Boolean).length;
      };
      for await (const piece of ctx.inputs(name === undefined ? [] : [name])) {
        bytes += piece.length;
        for (const byte of piece) if (byte === 10) lines++;
        text += decoder.decode(piece, { stream: true });
        count();
      }
      text += `${decoder.decode()} `;
      count();
      const figures = [
        ...(all || flags.has('l') ? [lines] : []),
        ...(all || flags.has('w') ? [counted] : []),
        ...(all || flags.has('c') ? [bytes] : []),
      ];
      await ctx.out(`${figures.join(' ')}${name === undefined ? '' : ` ${name}`}\n`);
    }
  },
};

const tr: Builtin = {
  name: 'tr',
  group: 'text',
  usage: '[-d] from [to]',
  summary: 'replace characters, or with -d delete them; a-z is a range',
  takes: ['none'],
  async run(ctx, words) {
    const flags = parseFlags(tr, words, 'd');
    const [from, to] = flags.args;
    if (from === undefined || (to === undefined) !== flags.has('d')) throw usageError(tr);
    const a = range(from);
    const b = range(to ?? '');
    const map = new Map(
      a.map((char, i) => [char, flags.has('d') ? '' : (b[Math.min(i, b.length - 1)] ?? '')]),
    );
    const decoder = new TextDecoder();
    for await (const piece of ctx.input()) {
      await ctx.out(
        Array.from(decoder.decode(piece, { stream: true }), (char) => map.get(char) ?? char).join(''),
      );
    }
  },
};

function range(text: string): string[] {
  const chars = Array.from(text.replace(/\\n/g, '\n').replace(/\\t/g, '\t'));
  const out: string[] = [];
  for (let i = 0; i < chars.length; i++) {
    const [low, dash, high] = [chars[i] as string, chars[i + 1], chars[i + 2]];
    if (dash !== '-' || high === undefined) {
      out.push(low);
      continue;
    }
    for (let code = low.codePointAt(0) as number; code <= (high.codePointAt(0) as number); code++)
      out.push(String.fromCodePoint(code));
    i += 2;
  }
  return out;
}

const diff: Builtin = {
  name: 'diff',
  group: 'text',
  usage: 'file file',
  summary: 'print the lines in which two files differ; the status says whether they do',
  async run(ctx, names) {
    expectArgs(diff, names, 2);
    const [a, b] = await Promise.all(names.map((name) => ctx.readFile(name)));
    const out = diffLines(a as string, b as string);
    await ctx.out(out);
    return out === '' ? '' : 'differ';
  },
};

const cmp: Builtin = {
  name: 'cmp',
  group: 'text',
  usage: 'file file',
  summary: 'the status says whether two files differ',
  async run(ctx, names) {
    expectArgs(cmp, names, 2);
    const [a, b] = (await Promise.all(names.map((name) => ctx.readFile(name)))) as [string, string];
    return a === b ? '' : 'differ';
  },
};

const seq: Builtin = {
  name: 'seq',
  group: 'text',
  usage: '[first [step]] last',
  summary: 'print numbers',
  takes: ['none'],
  async run(ctx, args) {
    expectArgs(seq, args, 1, 3);
    const numbers = args.map(toNumber);
    const last = numbers.at(-1) as number;
    const first = numbers.length > 1 ? (numbers[0] as number) : 1;
    const step = numbers.length > 2 ? (numbers[1] as number) : 1;
    if (step === 0) throw new DishError('a step of 0 has no end');
    const digits = Math.max(...args.map((arg) => (arg.split('.')[1] ?? '').length));
    let out = '';
    for (let i = 0; ; i++) {
      const value = first + i * step;
      if (step > 0 ? value > last + 1e-9 : value < last - 1e-9) break;
      out += `${value.toFixed(digits)}\n`;
      if (out.length < 8192) continue;
      await ctx.out(out);
      out = '';
    }
    await ctx.out(out);
  },
};

export const text: readonly Builtin[] = [grep, head, tail, sort, uniq, wc, tr, diff, cmp, seq];
