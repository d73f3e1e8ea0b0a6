/** What a script is made of. */

export type Word =
  /** Characters that stand for themselves; `*`, `?` and `[...]` match file names unless they are quoted. */
  | { readonly kind: 'literal'; readonly text: string; readonly quoted: boolean }
  /** `$name`, `$name(1 3)`: the list, or some of it. */
  | { readonly kind: 'variable'; readonly name: Word; readonly index: readonly Word[] | undefined }
  /** `$#name`: how many there are. `$"name`: all in one word. */
  | { readonly kind: 'count' | 'joined'; readonly name: Word }
  | { readonly kind: 'list'; readonly words: readonly Word[] }
  | { readonly kind: 'concat'; readonly left: Word; readonly right: Word }
  /** `` `{command} ``: its output, torn apart at the characters of `split`, or of $ifs. */
  | { readonly kind: 'backquote'; readonly split: Word | undefined; readonly body: Node }
  /** `<{command}`, `>{command}`: the name of a file that is the command's output or input. */
  | { readonly kind: 'command-file'; readonly mode: 'read' | 'write'; readonly body: Node };

export interface Assignment {
  readonly name: string;
  readonly value: Word;
}

/** A part of a here document: text, or a variable that is put in. */
export type HerePart = { readonly text: string } | { readonly variable: string };

export type Redirection =
  | {
      readonly kind: 'file';
      readonly fd: number;
      readonly mode: 'read' | 'write' | 'append' | 'both';
      readonly file: Word;
    }
  | { readonly kind: 'here'; readonly fd: number; readonly parts: () => readonly HerePart[] }
  | { readonly kind: 'dup'; readonly fd: number; readonly from: number }
  | { readonly kind: 'close'; readonly fd: number };

export interface Case {
  readonly patterns: readonly Word[];
  readonly body: Node;
}

export type Node =
  | {
      readonly kind: 'simple';
      readonly assignments: readonly Assignment[];
      readonly words: readonly Word[];
      readonly redirections: readonly Redirection[];
      readonly line: number;
    }
  | { readonly kind: 'sequence'; readonly nodes: readonly Node[] }
  | { readonly kind: 'background'; readonly body: Node; readonly text: string }
  | {
      readonly kind: 'pipe';
      readonly left: Node;
      readonly right: Node;
      readonly from: number;
      readonly to: number;
    }
  | { readonly kind: 'and' | 'or'; readonly left: Node; readonly right: Node }
  | { readonly kind: 'not' | 'subshell' | 'time'; readonly body: Node }
  | { readonly kind: 'redirected'; readonly body: Node; readonly redirections: readonly Redirection[] }
  | { readonly kind: 'assigned'; readonly body: Node; readonly assignments: readonly Assignment[] }
  | { readonly kind: 'if'; readonly condition: Node; readonly body: Node }
  | { readonly kind: 'if-not'; readonly body: Node }
  | {
      readonly kind: 'for';
      readonly name: string;
      readonly words: readonly Word[] | undefined;
      readonly body: Node;
    }
  | { readonly kind: 'while'; readonly condition: Node; readonly body: Node }
  | { readonly kind: 'switch'; readonly subject: Word; readonly cases: readonly Case[] }
  | { readonly kind: 'match'; readonly subject: Word; readonly patterns: readonly Word[] }
  | {
      readonly kind: 'function';
      readonly names: readonly Word[];
      readonly body: Node | undefined;
      readonly text: string;
    };
