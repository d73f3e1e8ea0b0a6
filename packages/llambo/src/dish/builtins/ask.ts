/** Questions to the cluster: the prompt is written to a data file, the answer is read from it. */
import type { Chan } from '@llambo/namespace';
import { ORDWR } from '@llambo/styx';
import { MarkdownStream, visible } from '../../terminal/index.ts';
import { DishError } from '../errors.ts';
import type { Context } from '../run/context.ts';
import { pieces, readText, writeAll } from '../run/io.ts';
import { CLUSTER } from '../session.ts';
import { type Builtin, parseFlags, usageError } from './builtin.ts';
import { needCluster } from './cluster.ts';

const ATTRIBUTE = /^[a-z][a-z0-9_]*=/;

/** `value` as wire/words.ts reads it. */
function quoteValue(value: string): string {
  return value === '' || /[\s']/.test(value) ? `'${value.replaceAll("'", "''")}'` : value;
}

/** What is written: attributes, an empty line, the prompt. */
export function requestText(attributes: readonly string[], prompt: string): string {
  const lines = attributes.map((attribute) => {
    const at = attribute.indexOf('=');
    return `${attribute.slice(0, at)}=${quoteValue(attribute.slice(at + 1))}\n`;
  });
  return `${lines.join('')}\n${prompt}`;
}

const ask: Builtin = {
  name: 'ask',
  group: 'cluster',
  usage: '[-m model] [-c class] [-w node] [-r] [attr=value ...] [word ...]',
  summary: 'ask the cluster, or one node; without words standard input is asked; -r the answer as it is',
  takes: ['none'],
  async run(ctx, words) {
    needCluster(ctx);
    const flags = parseFlags(ask, words, 'm:c:w:r');
    const node = flags.value('w');
    const attributes = [
      ...(flags.value('m') === undefined ? [] : [`model=${flags.value('m')}`]),
      ...(flags.value('c') === undefined ? [] : [`class=${flags.value('c')}`]),
    ];
    let at = 0;
    while (ATTRIBUTE.test(flags.args[at] ?? '')) attributes.push(flags.args[at++] as string);
    let prompt = flags.args.slice(at).join(' ');
    if (prompt === '') prompt = (await readText(ctx.input())).trimEnd();
    if (prompt === '') throw usageError(ask);
    const file =
      node === undefined ? `${CLUSTER}/data` : node.startsWith('/') ? node : `${CLUSTER}/${node}/data`;
    await ctx.using(Promise.resolve(ctx.ns.open(file, ORDWR, ctx.by)), async (chan) => {
      await writeAll(chan, requestText(attributes, prompt), ctx.by);
      await show(ctx, chan, flags.has('r'));
    });
  },
};

/** The answer as it comes: Markdown on a terminal, text elsewhere. */
async function show(ctx: Context, chan: Chan, raw: boolean): Promise<void> {
  const { io } = ctx.session;
  if (!ctx.isInteractive || raw || io.output === undefined) {
    let last = '';
    const decoder = new TextDecoder();
    for await (const bytes of pieces(chan, ctx.by)) {
      const text = decoder.decode(bytes, { stream: true });
      // What a model says must not steer a terminal.
      await ctx.out(ctx.isInteractive ? visible(text) : bytes);
      last = text.at(-1) ?? last;
    }
    // A line of text ends in a newline, whatever the model thinks.
    if (last !== '' && last !== '\n') await ctx.out('\n');
    return;
  }
  const stream = new MarkdownStream({ output: io.output });
  const decoder = new TextDecoder();
  try {
    for await (const bytes of pieces(chan, ctx.by)) stream.push(decoder.decode(bytes, { stream: true }));
    stream.push(decoder.decode());
  } finally {
    stream.end();
  }
}

const infer: Builtin = { ...ask, name: 'infer', summary: 'the same as ask' };

const fuse: Builtin = {
  name: 'fuse',
  group: 'cluster',
  usage: '[-n nodes] [-s strategy] [-o option ...] [-v] [word ...]',
  summary: 'ask several nodes and print what they agree on; -v with what each of them said',
  takes: ['none'],
  async run(ctx, words) {
    needCluster(ctx);
    const options: string[] = [];
    const rest: string[] = [];
    for (let i = 0; i < words.length; i++) {
      if (words[i] === '-o' && i + 1 < words.length) options.push(words[++i] as string);
      else rest.push(words[i] as string);
    }
    const flags = parseFlags(fuse, rest, 'n:s:v');
    const query = flags.args.join(' ') || (await readText(ctx.input())).trimEnd();
    if (query === '') throw usageError(fuse);
    const control = await ctx.ns.open(`${CLUSTER}/fusion/clone`, ORDWR, ctx.by);
    try {
      const number = new TextDecoder().decode(await control.read(64, ctx.by)).trim();
      if (!/^\d+$/.test(number)) throw new DishError(`fusion/clone gave ${number}, no number`);
      const dir = `${CLUSTER}/fusion/${number}`;
      const count = flags.number('n');
      const strategy = flags.value('s');
      if (strategy !== undefined) await writeAll(control, `strategy ${strategy}`, ctx.by);
      if (count !== undefined) await writeAll(control, `nodes ${count}`, ctx.by);
      for (const option of options) await writeAll(control, `option ${quoteValue(option)}`, ctx.by);
      try {
        await ctx.using(Promise.resolve(ctx.ns.open(`${dir}/data`, ORDWR, ctx.by)), async (chan) => {
          await writeAll(chan, query, ctx.by);
          await show(ctx, chan, !ctx.isInteractive);
        });
      } finally {
        // Above all when they did not agree.
        if (flags.has('v') && !ctx.signal.aborted) await ctx.err(await ctx.readFile(`${dir}/status`));
      }
    } finally {
      await control.close();
    }
  },
};

export const askBuiltins: readonly Builtin[] = [ask, infer, fuse];
