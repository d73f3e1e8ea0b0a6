import type { Reader } from '../compile.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { type Analysis, analyse } from './analyse.ts';
import { describe, find, locationOf, offsetAt, type Position, type Range } from './locate.ts';
import { invalidRequest, type Message, methodNotFound, parseError } from './protocol.ts';

export interface Environment {
  /** Reads a file that is not open in the editor. */
  readonly read: Reader;
  /** Directories with module interfaces. */
  readonly include: readonly string[];
  /** Sends a message to the editor. */
  readonly send: (message: Message) => void;
}

interface Document {
  readonly uri: string;
  text: string;
  analysis: Analysis | undefined;
}

interface TextDocumentParams {
  readonly textDocument?: { readonly uri?: string; readonly text?: string };
  readonly position?: Position;
  readonly contentChanges?: readonly { readonly text?: string }[];
}

/** Full text at every change: a program of Limbo is checked in a few milliseconds. */
const fullSync = 1;

const pathOf = (uri: string): string => {
  if (!uri.startsWith('file://')) return uri;
  try {
    return decodeURIComponent(uri.slice('file://'.length));
  } catch {
    return uri.slice('file://'.length);
  }
};

const uriOf = (path: string): string => (path.includes('://') ? path : `file://${encodeURI(path)}`);

/**
 * A language server for Limbo: diagnostics when a document is opened or changed, hover, go to definition. It knows no
 * transport: `handle` takes each message of the editor in turn.
 */
export class LanguageServer {
  readonly #env: Environment;
  readonly #documents = new Map<string, Document>();
  #include: readonly string[];
  #stopped = false;

  constructor(env: Environment) {
    this.#env = env;
    this.#include = env.include;
  }

  /** False once the editor has said exit. */
  handle(message: Message | undefined): boolean {
    if (message === undefined) {
      this.#env.send({ error: { code: parseError, message: 'message is no JSON object' } });
      return true;
    }
    const { id, method } = message;
    if (method === 'exit') return false;
    if (method === undefined) return true; // An answer: nothing of ours was asked.
    const params = (message.params ?? {}) as TextDocumentParams;
    if (id === undefined) {
      this.#notified(method, params);
      return true;
    }
    if (this.#stopped) {
      this.#env.send({ id, error: { code: invalidRequest, message: 'server is shut down' } });
      return true;
    }
    switch (method) {
      case 'initialize':
        this.#configure(message.params);
        this.#env.send({ id, result: capabilities });
        break;
      case 'shutdown':
        this.#stopped = true;
        this.#env.send({ id, result: null });
        break;
      case 'textDocument/hover':
        this.#env.send({ id, result: this.#hover(params) });
        break;
      case 'textDocument/definition':
        this.#env.send({ id, result: this.#definition(params) });
        break;
      default:
        this.#env.send({ id, error: { code: methodNotFound, message: `unknown method ${method}` } });
    }
    return true;
  }

  #configure(params: unknown): void {
    const options = (params as { initializationOptions?: { include?: unknown } } | undefined)
      ?.initializationOptions;
    const include = options?.include;
    if (Array.isArray(include)) {
      this.#include = [...include.filter((d): d is string => typeof d === 'string'), ...this.#env.include];
    }
  }

  #notified(method: string, params: TextDocumentParams): void {
    const uri = params.textDocument?.uri;
    if (uri === undefined) return;
    switch (method) {
      case 'textDocument/didOpen':
        this.#documents.set(uri, { uri, text: params.textDocument?.text ?? '', analysis: undefined });
        break;
      case 'textDocument/didChange': {
        const document = this.#documents.get(uri);
        const text = params.contentChanges?.at(-1)?.text;
        if (document === undefined || text === undefined) return;
        document.text = text;
        break;
      }
      case 'textDocument/didClose':
        this.#documents.delete(uri);
        this.#env.send({ method: 'textDocument/publishDiagnostics', params: { uri, diagnostics: [] } });
        return;
      default:
        return;
    }
    // An interface that changed may have changed what every open program means.
    for (const document of this.#documents.values()) {
      document.analysis = undefined;
      if (document.uri === uri || uri.endsWith('.m')) this.#publish(document);
    }
  }

  #read: Reader = (path) => {
    const open = this.#documents.get(uriOf(path));
    return open === undefined ? this.#env.read(path) : open.text;
  };

  #analysis(document: Document): Analysis {
    document.analysis ??= analyse(pathOf(document.uri), this.#read, this.#include);
    return document.analysis;
  }

  #publish(document: Document): void {
    // An interface by itself is no program: it is checked where it is included.
    const isProgram = document.uri.endsWith('.b');
    const path = pathOf(document.uri);
    const diagnostics = isProgram ? this.#analysis(document).diagnostics.map((d) => asLsp(d, path)) : [];
    this.#env.send({
      method: 'textDocument/publishDiagnostics',
      params: { uri: document.uri, diagnostics },
    });
  }

  #hover(params: TextDocumentParams): unknown {
    const at = this.#at(params);
    if (at === undefined) return null;
    const found = find(at.analysis, at.offset);
    const text = found === undefined ? undefined : describe(at.analysis, found);
    if (found === undefined || text === undefined) return null;
    return { contents: { kind: 'markdown', value: `\`\`\`limbo\n${text}\n\`\`\`` } };
  }

  #definition(params: TextDocumentParams): unknown {
    const at = this.#at(params);
    if (at === undefined) return null;
    const decl = find(at.analysis, at.offset)?.decl;
    const place = decl === undefined ? undefined : locationOf(at.analysis, decl);
    return place === undefined ? null : { uri: uriOf(place.path), range: place.range };
  }

  #at(params: TextDocumentParams): { analysis: Analysis; offset: number } | undefined {
    const document = this.#documents.get(params.textDocument?.uri ?? '');
    if (document === undefined || params.position === undefined) return undefined;
    const analysis = this.#analysis(document);
    return { analysis, offset: offsetAt(analysis, params.position) };
  }
}

const capabilities = {
  capabilities: { textDocumentSync: fullSync, hoverProvider: true, definitionProvider: true },
  serverInfo: { name: 'limbo-lsp' },
};

/** Severity 1 is an error, 2 a warning. What is wrong in an included file is shown at the first line. */
function asLsp(d: Diagnostic, path: string): unknown {
  const here = d.file === path;
  const range: Range = here
    ? {
        start: { line: d.line - 1, character: units(d.source, d.column - 1) },
        end: {
          line: d.endLine - 1,
          character: d.endLine === d.line ? units(d.source, d.endColumn - 1) : d.endColumn - 1,
        },
      }
    : { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } };
  const hint = d.hint === undefined ? '' : `: ${d.hint}`;
  const where = here ? '' : `${d.file}:${d.line}: `;
  return {
    range,
    severity: d.severity === 'error' ? 1 : 2,
    source: 'limbo',
    message: `${where}${d.message}${hint}`,
    ...(d.notes.length > 0
      ? {
          relatedInformation: d.notes.map((n) => ({
            message: n.message,
            location: {
              uri: uriOf(n.file),
              range: {
                start: { line: n.line - 1, character: n.column - 1 },
                end: { line: n.line - 1, character: n.column },
              },
            },
          })),
        }
      : {}),
  };
}

/** UTF-16 units of the first `characters` characters of a line. */
function units(line: string, characters: number): number {
  let n = 0;
  for (const c of line) {
    if (characters-- <= 0) break;
    n += c.length;
  }
  return n + Math.max(0, characters);
}
