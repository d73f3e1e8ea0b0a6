/** The command line of limbo(1). */
export interface CommandOptions {
  readonly files: string[];
  readonly include: string[];
  output: string | undefined;
  warnings: number;
  symbols: boolean;
  assembler: boolean;
  maxErrors: number;
  noInline: boolean;
  mustCompile: boolean;
  dontCompile: boolean;
}

export const usage = `usage: limbo [-CScegiw] [-I dir] [-o file] file.b ...
  -o file   where the object file goes; default: the name of the source in this directory, with .dis
  -I dir    include files are sought in dir, after the source's own directory
  -g        write a symbol file, .sbl
  -S        write assembler, .s, instead of an object file
  -w        warn of what is unused in functions; twice: of unused globals, too
  -e        report up to 1000 errors instead of 20
  -i        do not put small functions in line
  -c, -C    the object file must, or must not, be compiled further when loaded`;

const MaxErrors = 1000;

/** Parses arguments, `-gw` like `-g -w`; a message when they are wrong. */
export function parseArguments(argv: readonly string[]): CommandOptions | string {
  const o: CommandOptions = {
    files: [],
    include: [],
    output: undefined,
    warnings: 0,
    symbols: false,
    assembler: false,
    maxErrors: 20,
    noInline: false,
    mustCompile: false,
    dontCompile: false,
  };
  for (let i = 0; i < argv.length; i++) {
    const arg = argv[i]!;
    if (!arg.startsWith('-') || arg === '-') {
      o.files.push(arg);
      continue;
    }
    if (arg === '--') {
      o.files.push(...argv.slice(i + 1));
      break;
    }
    if (arg === '--help' || arg === '-h') return '';
    for (let k = 1; k < arg.length; k++) {
      const flag = arg[k]!;
      if (flag === 'o' || flag === 'I') {
        const value = k + 1 < arg.length ? arg.slice(k + 1) : argv[++i];
        if (value === undefined) return `-${flag} needs an argument`;
        if (flag === 'o') o.output = value;
        else o.include.push(value);
        break;
      }
      if (flag === 'g') o.symbols = true;
      else if (flag === 'S') o.assembler = true;
      else if (flag === 'w') o.warnings++;
      else if (flag === 'e') o.maxErrors = MaxErrors;
      else if (flag === 'i') o.noInline = true;
      else if (flag === 'c') o.mustCompile = true;
      else if (flag === 'C') o.dontCompile = true;
      else return `unknown option -${flag}`;
    }
  }
  if (o.files.length === 0) return 'no source file';
  if (o.output !== undefined && o.files.length > 1) return '-o is for one source file';
  return o;
}

/** Where the interfaces of the system are: /module of the Inferno tree that ROOT names. */
export function defaultInclude(env: Readonly<Record<string, string | undefined>>): string[] {
  const root = env['ROOT'];
  return [root === undefined || root === '' ? '/module' : `${root}/module`];
}
