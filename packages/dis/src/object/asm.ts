import { defaultStackExtent, impliedFlags } from './dump.ts';
import { ObjectError } from './errors.ts';
import { AFP, AIMM, AIND, AMP, AXIMM, AXINF, AXINM, AXNON, AXXX, modeByte, opcodeNamed } from './isa.ts';
import { type Token, tokens } from './lexer.ts';
import type { DataItem, Handler, Import, Instruction, ObjectFile, TypeDescriptor } from './module.ts';

/** Evaluated when all labels are known. */
type Expression = () => bigint;

interface Operand {
  readonly mode: number;
  readonly first: Expression;
  readonly second: Expression;
}

const zero: Expression = () => 0n;
const absent: Operand = { mode: AXXX, first: zero, second: zero };

/** Binary operators, loosest first, as in the original grammar. */
const precedence: readonly (readonly string[])[] = [
  ['|'],
  ['^'],
  ['&'],
  ['<', '>'],
  ['+', '-'],
  ['*', '/', '%'],
];

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

class Assembler {
  private readonly all: readonly Token[];
  private at = 0;
  private readonly labels = new Map<string, bigint>([
    ['@mp', 0n],
    ['@ldt', 0n],
  ]);
  /** Work that needs the labels, in order of appearance. */
  private readonly later: (() => void)[] = [];

  private readonly code: Instruction[] = [];
  private readonly types: TypeDescriptor[] = [];
  private readonly data: DataItem[] = [];
  private readonly links: ObjectFile['links'] = [];
  private imports: Import[][] | undefined;
  private handlers: (Handler & { cases: { name: string; pc: number }[]; wildcard: number })[] | undefined;
  private name = 'main';
  private dataSize = 0;
  private entry: [number, number] = [-1, -1];
  private flags: number | undefined;
  private stackExtent = defaultStackExtent;
  private signature: Uint8Array | undefined;
  private source: string | undefined;

  constructor(text: string) {
    this.all = tokens(text);
  }

  assemble(): ObjectFile {
    while (this.peek.kind !== 'end') this.statement();
    for (const work of this.later) work();
    const file: ObjectFile = {
      flags: this.flags ?? impliedFlags(this.handlers?.length),
      stackExtent: this.stackExtent,
      dataSize: this.dataSize,
      entryPc: this.entry[0],
      entryType: this.entry[1],
      code: this.code,
      types: this.types,
      data: this.data,
      name: this.name,
      links: this.links,
    };
    if (this.signature) file.signature = this.signature;
    if (file.flags & impliedFlags(undefined)) file.imports = this.imports ?? [];
    if (this.handlers) file.handlers = this.handlers;
    if (this.source !== undefined) file.source = this.source;
    return file;
  }

  // The tokens.

  private get peek(): Token {
    return this.all[this.at]!;
  }

  private fail(message: string, line: number = this.peek.line): never {
    throw new ObjectError(message, `line ${line}`);
  }

  private take(mark: string): boolean {
    if (this.peek.kind !== 'mark' || this.peek.text !== mark) return false;
    this.at++;
    return true;
  }

  private expect(mark: string): void {
    if (!this.take(mark)) this.fail(`expected '${mark}' before ${JSON.stringify(this.peek.text)}`);
  }

  private next(kind: Token['kind']): Token {
    if (this.peek.kind !== kind) this.fail(`expected a ${kind} before ${JSON.stringify(this.peek.text)}`);
    return this.all[this.at++]!;
  }

  private string(): string {
    return decoder.decode(this.next('string').bytes);
  }

  private hexString(): Uint8Array {
    const { line } = this.peek;
    const text = this.string();
    if (!/^(?:[0-9A-Fa-f]{2})*$/.test(text)) this.fail('expected pairs of hexadecimal digits', line);
    return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  }

  // Expressions.

  private expression(level = 0): Expression {
    if (level === precedence.length) return this.unary();
    let left = this.expression(level + 1);
    for (;;) {
      const { kind, text: mark, line } = this.peek;
      if (kind !== 'mark' || !precedence[level]!.includes(mark)) return left;
      this.at++;
      if (mark === '<' || mark === '>') this.expect(mark);
      const a = left;
      const b = this.expression(level + 1);
      left = () => this.binary(mark, a(), b(), line);
    }
  }

  private binary(mark: string, a: bigint, b: bigint, line: number): bigint {
    switch (mark) {
      case '|':
        return a | b;
      case '^':
        return a ^ b;
      case '&':
        return a & b;
      case '+':
        return a + b;
      case '-':
        return a - b;
      case '*':
        return BigInt.asIntN(64, a * b);
      case '/':
      case '%':
        if (b === 0n) this.fail('division by zero', line);
        return mark === '/' ? a / b : a % b;
      default:
        if (b < 0n || b > 63n) this.fail('shift count must be 0 to 63', line);
        return BigInt.asIntN(64, mark === '<' ? a << b : a >> b);
    }
  }

  private unary(): Expression {
    const { kind, text, integer, line } = this.peek;
    this.at++;
    if (kind === 'integer') return () => integer;
    if (kind === 'name')
      return () => this.labels.get(text) ?? this.fail(`${text} is not a label or variable`, line);
    if (kind === 'mark' && text === '(') {
      const inner = this.expression();
      this.expect(')');
      return inner;
    }
    if (kind === 'mark' && '-+~'.includes(text)) {
      const inner = this.unary();
      return text === '-' ? () => -inner() : text === '~' ? () => ~inner() : inner;
    }
    return this.fail(`expected an expression before ${JSON.stringify(text)}`, line);
  }

  /** An integer of at most 32 bits that is known here; larger unsigned ones wrap. */
  private number(): number {
    const { line } = this.peek;
    return this.toInt(this.expression()(), line);
  }

  private toInt(v: bigint, line: number): number {
    if (v < -0x80000000n || v > 0xffffffffn) this.fail(`${v} does not fit 32 bits`, line);
    return Number(BigInt.asIntN(32, v));
  }

  private list(): Expression[] {
    const all = [this.expression()];
    while (this.take(',')) all.push(this.expression());
    return all;
  }

  // Instructions.

  private isRegister(name: string): boolean {
    const [open, register] = [this.peek, this.all[this.at + 1]];
    return open.text === '(' && open.kind === 'mark' && register?.kind === 'name' && register.text === name;
  }

  private register(): number | undefined {
    const mode = this.isRegister('fp') ? AFP : this.isRegister('mp') ? AMP : undefined;
    if (mode === undefined) return undefined;
    this.at += 2;
    this.expect(')');
    return mode;
  }

  private operand(): Operand {
    if (this.peek.kind === 'name' && this.peek.text === '_') {
      this.at++;
      return absent;
    }
    if (this.take('$')) return { mode: AIMM, first: this.expression(), second: zero };
    if (this.take('*')) {
      const first = this.expression();
      const mode = this.register() ?? this.fail('expected (fp) or (mp)');
      return { mode: mode | AIND, first, second: zero };
    }
    const first = this.expression();
    const mode = this.register();
    if (mode !== undefined) return { mode, first, second: zero };
    if (!this.take('(')) return { mode: AIMM, first, second: zero };
    const inner = this.expression();
    const base = this.register() ?? this.fail('expected (fp) or (mp)');
    this.expect(')');
    return { mode: base | AIND, first: inner, second: first };
  }

  private instruction(name: string, line: number): void {
    const op = opcodeNamed.get(name)!;
    const given: Operand[] = [];
    if (this.peek.kind !== 'newline') {
      do given.push(this.operand());
      while (this.take(','));
    }
    const [src, mid, dst] = this.place(name, given, line);
    const middle = [AXINM, AXINF, AXIMM, AXNON][mid.mode];
    if (middle === undefined) this.fail('a middle operand cannot be indirect', line);
    const i: Instruction = {
      op: op.code,
      mode: modeByte(middle, src.mode, dst.mode),
      mid: 0,
      src: 0,
      src2: 0,
      dst: 0,
      dst2: 0,
    };
    this.code.push(i);
    this.later.push(() => {
      i.mid = this.toInt(mid.first(), line);
      i.src = this.toInt(src.first(), line);
      i.src2 = this.toInt(src.second(), line);
      i.dst = this.toInt(dst.first(), line);
      i.dst2 = this.toInt(dst.second(), line);
    });
  }

  /** Which of source, middle and destination the operands are; an optional middle one may be missing. */
  private place(name: string, given: readonly Operand[], line: number): [Operand, Operand, Operand] {
    if (given.length === 3) return [given[0]!, given[1]!, given[2]!];
    const op = opcodeNamed.get(name)!;
    const slots = [op.src, op.mid, op.dst].map((s) => s.kind !== 'none');
    if (given.length === slots.filter(Boolean).length - 1 && op.mid.optional) slots[1] = false;
    if (given.length !== slots.filter(Boolean).length)
      this.fail(`wrong number of operands for ${name}`, line);
    const rest = [...given];
    const [src, mid, dst] = slots.map((used) => (used ? rest.shift()! : absent));
    return [src!, mid!, dst!];
  }

  // Directives.

  private statement(): void {
    if (this.peek.kind === 'newline') {
      this.at++;
      return;
    }
    const { text, line } = this.next('name');
    if (this.take(':')) {
      if (this.labels.has(text)) this.fail(`${text} is defined twice`, line);
      this.labels.set(text, BigInt(this.code.length));
      return;
    }
    const directive = Object.hasOwn(this.directives, text) ? this.directives[text] : undefined;
    if (directive) directive();
    else if (opcodeNamed.has(text)) this.instruction(text, line);
    else this.fail(`${text} is neither an instruction nor a directive`, line);
    this.next('newline');
  }

  private readonly directives: Readonly<Record<string, () => void>> = {
    desc: () => {
      this.take('$');
      const id = this.number();
      this.expect(',');
      const size = this.number();
      this.types.push({ id, size, map: this.take(',') ? this.hexString() : new Uint8Array() });
    },
    var: () => {
      const { text, line } = this.next('name');
      this.expect(',');
      const size = this.number();
      if (text !== '@mp') {
        if (this.labels.has(text)) this.fail(`${text} is defined twice`, line);
        this.labels.set(text, BigInt(this.dataSize));
      }
      this.dataSize += size;
    },
    byte: () => this.values('bytes'),
    word: () => this.values('words'),
    long: () => this.values('bigs'),
    real: () => {
      const offset = this.number();
      const values: bigint[] = [];
      this.expect(',');
      do values.push(this.real());
      while (this.take(','));
      this.data.push({ kind: 'reals', offset, values: new Float64Array(new BigInt64Array(values).buffer) });
    },
    string: () => {
      const offset = this.number();
      this.expect(',');
      this.data.push({ kind: 'string', offset, utf8: this.next('string').bytes });
    },
    array: () => {
      const offset = this.number();
      this.expect(',');
      this.take('$');
      const type = this.number();
      this.expect(',');
      this.data.push({ kind: 'array', offset, type, length: this.number() });
    },
    indir: () => {
      const offset = this.number();
      this.expect(',');
      this.data.push({ kind: 'index', offset, index: this.number() });
    },
    apop: () => {
      this.data.push({ kind: 'restore', offset: this.peek.kind === 'newline' ? 0 : this.number() });
    },
    ext: () => {
      const offset = this.number();
      this.expect(',');
      const sig = this.number();
      this.expect(',');
      const name = this.next('string').bytes;
      const last = this.imports?.at(-1);
      if (last) last.push({ sig, name: decoder.decode(name) });
      else if (this.imports) this.fail('a count of functions must come before ext');
      else {
        this.data.push({ kind: 'words', offset, values: new Int32Array([sig]) });
        this.data.push({ kind: 'bytes', offset: offset + 4, values: Uint8Array.from([...name, 0]) });
      }
    },
    module: () => {
      this.name = this.peek.kind === 'string' ? this.string() : this.next('name').text;
    },
    link: () => {
      const type = this.number();
      this.expect(',');
      const pc = this.expression();
      this.expect(',');
      const sig = this.number();
      this.expect(',');
      const name = this.string();
      const { line } = this.peek;
      const at = this.links.push({ pc: 0, type, sig, name }) - 1;
      this.later.push(() => {
        this.links[at] = { pc: this.toInt(pc(), line), type, sig, name };
      });
    },
    entry: () => {
      const pc = this.expression();
      this.expect(',');
      const type = this.number();
      const { line } = this.peek;
      this.later.push(() => {
        this.entry = [this.toInt(pc(), line), type];
      });
    },
    ldts: () => {
      this.next('name');
      this.expect(',');
      this.number();
      this.imports = [];
    },
    exceptions: () => {
      this.number();
      this.handlers = [];
    },
    exception: () => {
      const [pc1, pc2, offset, type, , exceptions] = this.six();
      const { line } = this.peek;
      const handlers = this.handlers ?? [];
      this.handlers = handlers;
      const at =
        handlers.push({ offset: 0, pc1: 0, pc2: 0, type: -1, exceptions: 0, cases: [], wildcard: -1 }) - 1;
      this.later.push(() => {
        const int = (e: Expression | undefined): number => this.toInt(e!(), line);
        const { cases, wildcard } = handlers[at]!;
        handlers[at] = {
          offset: int(offset),
          pc1: int(pc1),
          pc2: int(pc2),
          type: int(type),
          exceptions: int(exceptions),
          cases,
          wildcard,
        };
      });
    },
    exctab: () => {
      const { line } = this.peek;
      const handlers = this.handlers ?? [];
      const at = handlers.length - 1;
      if (at < 0) this.fail('exctab without exception', line);
      const name = this.take('*') ? undefined : this.string();
      this.expect(',');
      const pc = this.expression();
      this.later.push(() => {
        const value = this.toInt(pc(), line);
        if (name === undefined) handlers[at] = { ...handlers[at]!, wildcard: value };
        else handlers[at]!.cases.push({ name, pc: value });
      });
    },
    source: () => {
      this.source = this.string();
    },
    flags: () => {
      this.flags = this.number();
    },
    stack: () => {
      this.stackExtent = this.number();
    },
    signature: () => {
      this.signature = this.hexString();
    },
  };

  private six(): Expression[] {
    const all = this.list();
    if (all.length !== 6) this.fail('expected: exception pc1,pc2,offset,type,cases,exceptions');
    return all;
  }

  private real(): bigint {
    const negative = this.take('-');
    const { kind, text, real, integer, line } = this.peek;
    this.at++;
    const f = new Float64Array(1);
    const bits = new BigInt64Array(f.buffer);
    if (kind === 'real') f[0] = real;
    else if (kind === 'integer') f[0] = Number(integer);
    else if (kind === 'name' && (text === 'Inf' || text === 'Infinity')) f[0] = Number.POSITIVE_INFINITY;
    else if (kind === 'name' && text === 'NaN') {
      f[0] = Number.NaN;
      if (this.take('(')) {
        bits[0] = BigInt.asIntN(64, this.expression()());
        this.expect(')');
      }
    } else this.fail(`bad value for real: ${text}`, line);
    return negative ? bits[0]! ^ (-1n << 63n) : bits[0]!;
  }

  /** `word @ldt+0,n` after `ldts` starts the next list of imports; all else is data. */
  private values(kind: 'bytes' | 'words' | 'bigs'): void {
    const { line } = this.peek;
    const offset = this.number();
    this.expect(',');
    const all = this.list();
    if (this.imports !== undefined && kind === 'words') {
      this.imports.push([]);
      return;
    }
    const values =
      kind === 'bytes'
        ? new Uint8Array(all.length)
        : kind === 'words'
          ? new Int32Array(all.length)
          : new BigInt64Array(all.length);
    this.data.push({ kind, offset, values } as DataItem);
    this.later.push(() => {
      all.forEach((e, i) => {
        values[i] = kind === 'bigs' ? BigInt.asIntN(64, e()) : this.toInt(e(), line);
      });
    });
  }
}

/**
 * Makes an object file of assembler text: the syntax of `dump`, labels (`loop:`), expressions over labels and variables
 * and comments from `#` to the end of the line. It says what the text says: use `verify` to know whether that can run.
 * Throws ObjectError with the number of the line.
 */
export function assemble(text: string): ObjectFile {
  return new Assembler(text).assemble();
}
