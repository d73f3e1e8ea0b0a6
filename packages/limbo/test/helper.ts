import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Compiled, type CompileOptions, compile } from '../src/index.ts';

const here = dirname(fileURLToPath(import.meta.url));
export const root: string = join(here, '../../..');
export const programs: string = join(here, 'programs');
/** The module interfaces that programs include. */
export const modules: string = join(root, 'limbo/module');

export function readDisk(path: string): Uint8Array | undefined {
  return existsSync(path) && statSync(path).isFile() ? readFileSync(path) : undefined;
}

/** Compiles a text that stands at t.b. */
export function compileText(text: string, options: CompileOptions = {}): Compiled {
  return compile('t.b', (path) => (path === 't.b' ? text : readDisk(path)), {
    include: [modules],
    ...options,
  });
}

const before = `implement T;
include "sys.m";
sys: Sys;
P: adt { n: int; s: string; q: cyclic ref P; f: fn(p: self ref P): int; };
V: adt { v, w: int; };
S: adt { pick { A => a: int; B or C => b: string; } };
E: exception(int);
g: int;
T: module { t: fn(i, j, k: int, b, c: big, r, s: real, x, y: string, a: array of int, l: list of int,
  ch: chan of int, p: ref P, u: byte, v: V, o: ref S, z: array of string); };
P.f(p: self ref P): int { p.n++; return 1; }
fn1(i: int): int { g = i; return i; }
fn2(x: string) { g = len x; }
t(i, j, k: int, b, c: big, r, s: real, x, y: string, a: array of int, l: list of int, ch: chan of int, p: ref P,
  u: byte, v: V, o: ref S, z: array of string)
{
`;
/** Lines before the statement that is tested. */
export const linesBefore: number = before.split('\n').length - 1;

const names: Readonly<Record<number, string>> = {
  16: 'ret',
  32: 'i',
  36: 'j',
  40: 'k',
  48: 'b',
  56: 'c',
  64: 'r',
  72: 's',
  80: 'x',
  84: 'y',
  88: 'a',
  92: 'l',
  96: 'ch',
  100: 'p',
  104: 'u',
  108: 'v',
  112: 'w',
  116: 'o',
  120: 'z',
};

/** A function around a statement; its arguments are named in the code that comes back, other places are tN and gN. */
function around(statement: string): string {
  return `${before}${statement}\n}\n`;
}

/** The instructions that a statement becomes, without the return at the end of the function. */
export function codeOf(statement: string): string {
  const result = compileText(around(statement), { assembler: true });
  if (result.asm === undefined) return result.diagnostics.map((d) => d.message).join('; ');
  const lines = result.asm.split('\n').filter((line) => line.startsWith('\t'));
  const entry = Number(/\tlink\t\d+,(\d+),0x[0-9a-f]+,"t"/.exec(result.asm)![1]);
  const code: string[] = [];
  for (let at = entry; at < lines.length; at++) {
    const [, op, operands = ''] = lines[at]!.split('\t');
    if (op === 'entry' || op === 'desc') break;
    code.push(
      `${op} ${operands
        .replace(/\$(\d+)$/, (m, pc: string) =>
          /^(b..[a-z]|jmp|call|spawn)/.test(op!) ? `@${Number(pc) - entry}` : m,
        )
        .replace(/(\d+)\(fp\)/g, (_, n: string) => names[Number(n)] ?? `t${n}`)
        .replace(/(\d+)\(mp\)/g, 'g$1')}`.trim(),
    );
  }
  if (code.at(-1) === 'ret') code.pop();
  return code.join('; ');
}

/** What is said about a statement: `line:column message`, lines counted from the statement. */
export function messagesOf(statement: string, warnings = 0): string[] {
  return compileText(around(statement), { warnings })
    .diagnostics.filter((d) => d.line > linesBefore)
    .map(
      (d) => `${d.line - linesBefore}:${d.column} ${d.message}${d.hint === undefined ? '' : ` (${d.hint})`}`,
    );
}

/** What is said about a whole program. */
export function messagesOfProgram(text: string, warnings = 0): string[] {
  return compileText(text, { warnings }).diagnostics.map(
    (d) => `${d.line}:${d.column} ${d.message}${d.hint === undefined ? '' : ` (${d.hint})`}`,
  );
}
