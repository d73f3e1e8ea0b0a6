/** The words of the shell's errors. What the name space says is passed on as it is. */

/** A command failed: `message` is what is printed and what `$status` becomes. */
export class DishError extends Error {
  override readonly name: string = 'DishError';
}

/** A script that is no script. */
export class DishSyntaxError extends DishError {
  override readonly name: string = 'DishSyntaxError';
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** More text could make it right: a quote, a brace or a here document is open. */
  readonly incomplete: boolean;

  constructor(what: string, line: number, column: number, incomplete: boolean) {
    super(line > 1 ? `line ${line}: ${what}` : what);
    this.line = line;
    this.column = column;
    this.incomplete = incomplete;
  }
}

export const Equote = 'quote is not closed';
export const Ebrace = 'missing }';
export const Eparen = 'missing )';
export const Ehere = (tag: string): string => `here document has no end: a line ${tag} is missing`;
export const Ename = 'missing name after $';
export const Ewanted = (what: string, found: string): string => `expected ${what}, found ${found}`;
export const Edeep = 'nested too deep';
export const Efd = (text: string): string => `bad file descriptor: ${text}`;
export const Eredirection = 'redirection wants one file name';
export const Eifnot = 'if not does not follow an if';
export const Ecalls = 'functions call each other too deep';
export const Econcat = (left: number, right: number): string =>
  `can't concatenate ${left} words with ${right}`;
export const Econcatnull = "can't concatenate an empty list";
export const Eunknown = (near: string | undefined): string =>
  `no such command; ${near === undefined ? 'help lists them' : `did you mean ${near}?`}`;
export const Eusage = (usage: string): string => `usage: ${usage}`;
export const Enojob = (what: string): string => `no job ${what}; ps lists them`;
export const Enocluster = (mount: string): string =>
  `no cluster is mounted at ${mount}: start one with llamboctl up -d, then: cluster`;
export const Einterrupted = 'interrupted';
