import type { CaseTable, Decl, Sym, Type } from '../types/type.ts';
import type { Node } from './node.ts';

/** A label before a loop, case, alt or pick, or the target of break and continue. */
export interface LabelName {
  readonly sym: Sym;
  readonly start: number;
  readonly stop: number;
  refs: number;
}

/** Declarations whose pointers are set to nil at the end of their block, the latest first. */
export type ZeroItem = Decl[] | Node;

export interface Block {
  readonly kind: 'block';
  body: Statement[];
  zero: ZeroItem[];
}

export interface ExpressionStatement {
  readonly kind: 'expression';
  expr: Node;
}

export interface If {
  readonly kind: 'if';
  start: number;
  stop: number;
  test: Node;
  then: Statement;
  otherwise: Statement | null;
}

/** for and while; `step` is what continue goes to. */
export interface For {
  readonly kind: 'for';
  start: number;
  stop: number;
  test: Node;
  step: Node | null;
  body: Statement;
  label: LabelName | null;
}

export interface Do {
  readonly kind: 'do';
  start: number;
  stop: number;
  test: Node;
  body: Statement;
  label: LabelName | null;
}

/** One arm of a case, pick or exception handler: labels, then statements in a scope of their own. */
export interface Arm {
  quals: Node[];
  /** From the first label to the end of the second, or of the only one: the place of an empty arm. */
  start: number;
  stop: number;
  body: Block;
}

export interface Case {
  readonly kind: 'case';
  start: number;
  stop: number;
  value: Node;
  arms: Arm[];
  label: LabelName | null;
  table: CaseTable | null;
  type: Type | null;
}

/** An arm of an alt declares in its guards what its body uses, so guards and body share the scope. */
export interface Alt {
  readonly kind: 'alt';
  start: number;
  stop: number;
  arms: Arm[];
  label: LabelName | null;
  type: Type | null;
}

export interface Pick {
  readonly kind: 'pick';
  start: number;
  stop: number;
  /** name := value */
  value: Node;
  arms: Arm[];
  label: LabelName | null;
  type: Type | null;
}

export interface Jump {
  readonly kind: 'break' | 'continue';
  start: number;
  stop: number;
  label: LabelName | null;
}

export interface Return {
  readonly kind: 'return';
  start: number;
  stop: number;
  value: Node | null;
}

export interface Exit {
  readonly kind: 'exit';
  start: number;
  stop: number;
}

/** { body } exception name { arms } */
export interface Guarded {
  readonly kind: 'guarded';
  start: number;
  stop: number;
  body: Block;
  name: Node | null;
  arms: Arm[];
  type: Type | null;
}

/** Statements without a scope of their own: the parts of a for. */
export interface Sequence {
  readonly kind: 'sequence';
  body: Statement[];
}

export interface Empty {
  readonly kind: 'empty';
}

export interface VarDecl {
  readonly kind: 'var';
  start: number;
  stop: number;
  ids: Decl[];
  ty: Type;
  /** The assignments that initialise them: a = b = value. */
  init: Node | null;
}

export interface ConDecl {
  readonly kind: 'con';
  ids: Decl[];
  init: Node;
}

export interface ExceptionDecl {
  readonly kind: 'exceptiondecl';
  start: number;
  stop: number;
  ids: Decl[];
  ty: Type;
}

export interface ImportDecl {
  readonly kind: 'import';
  start: number;
  stop: number;
  ids: Decl[];
  from: Node;
}

export interface TypeDecl {
  readonly kind: 'type';
  ids: Decl[];
  ty: Type;
}

export interface FieldDecl {
  readonly kind: 'field';
  ids: Decl[];
}

export interface PickCase {
  readonly ids: Decl[];
  fields: FieldDecl[];
}

export interface PickDecl {
  readonly kind: 'pickdecl';
  cases: PickCase[];
}

export interface AdtDecl {
  readonly kind: 'adt';
  ids: Decl[];
  ty: Type;
  members: Member[];
}

export interface ModuleDecl {
  readonly kind: 'module';
  ids: Decl[];
  ty: Type;
  members: Member[];
}

/** What stands inside a module or adt declaration. */
export type Member = FieldDecl | AdtDecl | TypeDecl | ConDecl | ExceptionDecl | PickDecl;

export interface FunctionDefinition {
  readonly kind: 'function';
  /** Of the name. */
  start: number;
  stop: number;
  /** Name, or Dot of names. */
  name: Node;
  ty: Type;
  body: Statement[];
  /** The braces of the body. */
  bodyStart: number;
  bodyStop: number;
  /** Type variables written after the adt's name. */
  adtPolys: Decl[];
  decl: Decl | null;
  /** The value that replaces a call, when the function is put in line. */
  value: Node | null;
}

/** name = value or name := value, outside functions. */
export interface GlobalAssign {
  readonly kind: 'assign';
  expr: Node;
}

export type Declaration = VarDecl | ConDecl | ExceptionDecl | ImportDecl | TypeDecl;

export type TopLevel = Declaration | AdtDecl | ModuleDecl | FunctionDefinition | GlobalAssign;

export type Statement =
  | Block
  | ExpressionStatement
  | If
  | For
  | Do
  | Case
  | Alt
  | Pick
  | Jump
  | Return
  | Exit
  | Guarded
  | Sequence
  | Empty
  | Declaration;

/** A source file with what it includes. */
export interface Program {
  readonly implement: Decl[];
  readonly declarations: TopLevel[];
}
