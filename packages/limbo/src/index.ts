export type { Compiled, CompileOptions, Reader } from './compile.ts';
export { compile } from './compile.ts';
export type { Diagnostic, Note, Severity } from './diagnostics/diagnostic.ts';
export { render } from './diagnostics/render.ts';
