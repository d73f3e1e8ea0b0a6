import { spawn } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Deframer, frame, type Message } from '../../src/lsp/protocol.ts';
import { LanguageServer } from '../../src/lsp/server.ts';
import { modules, readDisk, root } from '../helper.ts';

const uri = 'file:///home/t.b';
const text = `implement T;
include "sys.m";
	sys: Sys;
	print: import sys;
include "draw.m";
T: module { init: fn(nil: ref Draw->Context, nil: list of string); };
LIMIT: con 12;
Point: adt {
	x, y:	int;
	add:	fn(p: self ref Point, q: ref Point): ref Point;
};
total: real;
Point.add(p: self ref Point, q: ref Point): ref Point
{
	return ref Point(p.x + q.x, p.y + q.y);
}
init(nil: ref Draw->Context, args: list of string)
{
	sys = load Sys Sys->PATH;
	a := ref Point(1, 2);
	b := a.add(a);
	print("%d %d\\n", b.x, LIMIT);
	total += real len args;
	sys->fildes(1);
}
`;

function session(source: string = text): { sent: Message[]; server: LanguageServer } {
  const sent: Message[] = [];
  const server = new LanguageServer({ read: readDisk, include: [modules], send: (m) => sent.push(m) });
  server.handle({ id: 1, method: 'initialize', params: {} });
  server.handle({ method: 'textDocument/didOpen', params: { textDocument: { uri, text: source } } });
  return { sent, server };
}

/** Position of the first character of `what` in the line that contains `line`. */
function at(line: string, what: string): { line: number; character: number } {
  const lines = text.split('\n');
  const n = lines.findIndex((l) => l.includes(line));
  return { line: n, character: lines[n]!.indexOf(what) };
}

function ask(method: string, position: { line: number; character: number }): unknown {
  const { sent, server } = session();
  server.handle({ id: 2, method, params: { textDocument: { uri }, position } });
  return sent.at(-1)!.result;
}

function hover(line: string, what: string): string {
  const result = ask('textDocument/hover', at(line, what)) as { contents: { value: string } } | null;
  return result === null ? '' : result.contents.value.split('\n')[1]!;
}

function definition(line: string, what: string): string {
  const result = ask('textDocument/definition', at(line, what)) as {
    uri: string;
    range: { start: { line: number; character: number } };
  } | null;
  return result === null
    ? ''
    : `${result.uri.slice(result.uri.lastIndexOf('/') + 1)}:${result.range.start.line}:${result.range.start.character}`;
}

describe('language server', () => {
  it('says what it can do and publishes no diagnostics for a good program', () => {
    const { sent } = session();
    expect(sent[0]!.result).toMatchObject({
      capabilities: { hoverProvider: true, definitionProvider: true },
    });
    expect(sent[1]).toMatchObject({
      method: 'textDocument/publishDiagnostics',
      params: { uri, diagnostics: [] },
    });
  });

  it('publishes errors with their spans, and clears them', () => {
    const { sent, server } = session(text.replace('b.x, LIMIT', 'b.z, LIMIT'));
    const diagnostics = (sent[1]!.params as { diagnostics: { range: unknown; severity: number }[] })
      .diagnostics;
    expect(diagnostics).toHaveLength(1);
    expect(diagnostics[0]).toMatchObject({ severity: 1, range: { start: { line: 21 } } });
    server.handle({
      method: 'textDocument/didChange',
      params: { textDocument: { uri }, contentChanges: [{ text }] },
    });
    expect(sent.at(-1)).toMatchObject({ params: { diagnostics: [] } });
  });

  it.each([
    ['b := a.add', 'b', 'b: ref Point\t# local'],
    ['b := a.add', 'a.add', 'a: ref Point\t# local'],
    ['b := a.add', 'add', 'add: fn(p: self ref Point, q: ref Point): ref Point'],
    ['b.x, LIMIT', 'LIMIT', 'LIMIT: con 12'],
    ['b.x, LIMIT', 'x,', 'x: int\t# member'],
    ['total += ', 'total', 'total: real\t# global'],
    ['total += ', 'args', 'args: list of string\t# argument'],
    ['a := ref', 'Point', 'Point: adt { x: int; y: int; }'],
    ['sys->fildes', 'fildes', 'fildes: fn(fd: int): ref Sys->FD'],
  ])('hover in %s on %s', (line, what, said) => {
    expect(hover(line, what)).toBe(said);
  });

  it.each([
    ['b := a.add', 'a.add', 't.b:19:1'],
    ['b.x, LIMIT', 'LIMIT', 't.b:6:0'],
    ['b.x, LIMIT', 'x,', 't.b:8:1'],
    ['a := ref', 'Point', 't.b:7:0'],
  ])('definition in %s of %s', (line, what, place) => {
    expect(definition(line, what)).toBe(place);
  });

  it('goes to the interface for what a module gives', () => {
    expect(definition('sys->fildes', 'fildes')).toMatch(/^sys\.m:\d+:1$/);
    expect(definition('print("%d', 'print')).toMatch(/^sys\.m:\d+:1$/);
  });

  it('answers nothing between words, and errors for what it does not know', () => {
    expect(ask('textDocument/hover', { line: 18, character: 0 })).toBeNull();
    expect(ask('textDocument/hover', { line: 999, character: 9 })).toBeNull();
    const { sent, server } = session();
    server.handle({ id: 9, method: 'textDocument/rename', params: {} });
    expect(sent.at(-1)!.error).toMatchObject({ code: -32601 });
    server.handle({ id: 10, method: 'shutdown' });
    server.handle({ id: 11, method: 'textDocument/hover', params: {} });
    expect(sent.at(-1)!.error).toMatchObject({ code: -32600 });
    expect(server.handle({ method: 'exit' })).toBe(false);
  });

  it('takes any damaged program', () => {
    fc.assert(
      fc.property(fc.nat(text.length), fc.nat(20), fc.string({ maxLength: 4 }), (from, count, extra) => {
        const { sent, server } = session(text.slice(0, from) + extra + text.slice(from + count));
        for (const line of [8, 14, 20, 22]) {
          for (const character of [1, 6, 12]) {
            server.handle({
              id: 3,
              method: 'textDocument/hover',
              params: { textDocument: { uri }, position: { line, character } },
            });
          }
        }
        expect(sent.every((m) => m.error === undefined)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});

describe('framing', () => {
  it('cuts messages out of any pieces', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { maxLength: 5 }), fc.integer({ min: 1, max: 40 }), (texts, size) => {
        const all = Buffer.concat(texts.map((t) => frame({ method: t })));
        const input = new Deframer();
        const out: unknown[] = [];
        for (let i = 0; i < all.length; i += size) {
          for (const m of input.push(all.subarray(i, i + size))) out.push(m!.method);
        }
        expect(out).toEqual(texts);
      }),
    );
  });

  it('gives undefined for what is no object, and refuses a bad header', () => {
    expect(new Deframer().push(Buffer.from('Content-Length: 2\r\n\r\n[]'))).toEqual([undefined]);
    expect(new Deframer().push(Buffer.from('Content-Length: 3\r\n\r\n{a}'))).toEqual([undefined]);
    expect(() => new Deframer().push(Buffer.from('Content-Size: 2\r\n\r\n{}'))).toThrow('bad message header');
  });

  it('serves standard input and output', async () => {
    const child = spawn(
      process.execPath,
      [
        '--conditions=llambo:source',
        '--import',
        'tsx',
        join(root, 'packages/limbo/src/lsp/main.ts'),
        '--stdio',
        `-I${modules}`,
      ],
      { cwd: root, stdio: ['pipe', 'pipe', 'inherit'], timeout: 25_000 },
    );
    const input = new Deframer();
    const got: unknown[] = [];
    child.stdout.on('data', (bytes: Uint8Array) => got.push(...input.push(bytes)));
    child.stdin.write(frame({ id: 1, method: 'initialize', params: {} }));
    child.stdin.write(frame({ method: 'textDocument/didOpen', params: { textDocument: { uri, text } } }));
    child.stdin.write(frame({ id: 2, method: 'shutdown' }));
    child.stdin.write(frame({ method: 'exit' }));
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(code).toBe(0);
    expect(got).toHaveLength(3);
    expect(got[1]).toMatchObject({ method: 'textDocument/publishDiagnostics', params: { diagnostics: [] } });
  });
});
