import { badName } from './errors.ts';

/** A file in a repository of models. */
export interface HfFile {
  readonly user: string;
  readonly repo: string;
  /** Path inside the repository. */
  readonly file: string;
}

/** What a model's name can be. */
export type ModelName =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'path'; readonly path: string }
  | ({ readonly kind: 'hf-file' } & HfFile)
  | { readonly kind: 'hf-quant'; readonly user: string; readonly repo: string; readonly quant: string };

/** As llama.cpp chooses when no quantization is named. */
const defaultQuant = 'Q4_K_M';

/** A name that is safe as one element of a path on every system. */
const segment = /^[A-Za-z0-9_][A-Za-z0-9._+-]{0,127}$/;

const safe = (text: string): boolean => segment.test(text) && !text.endsWith('.');

/**
 * Parses a model's name: `hf:user/repo`, `hf:user/repo:quant`, `hf:user/repo/file.gguf`, a path (anything with a slash
 * or the ending .gguf), or a plain name.
 */
export function parseName(text: string): ModelName {
  if (text === '' || text.includes('\0')) throw badName(text, 'it is empty or holds a null character');
  if (text.startsWith('hf:')) return parseHf(text);
  if (/[/\\]/.test(text) || /\.gguf$/i.test(text)) return { kind: 'path', path: text };
  if (!safe(text)) throw badName(text, 'a name is letters, digits, dots, dashes and underscores');
  return { kind: 'name', name: text };
}

function parseHf(text: string): ModelName {
  const [path = '', quant, ...more] = text.slice(3).split(':');
  const [user = '', repo = '', ...file] = path.split('/');
  const right = 'write hf:user/repo:quant or hf:user/repo/file.gguf';
  if (more.length > 0 || !safe(user) || !safe(repo) || !file.every(safe)) throw badName(text, right);
  if (file.length === 0) {
    if (quant !== undefined && !/^[A-Za-z0-9_]{1,32}$/.test(quant)) throw badName(text, right);
    return { kind: 'hf-quant', user, repo, quant: quant ?? defaultQuant };
  }
  if (quant !== undefined || !/\.gguf$/i.test(path)) throw badName(text, right);
  return { kind: 'hf-file', user, repo, file: file.join('/') };
}

/** The name under which a file of a repository is known. */
export const hfName = ({ user, repo, file }: HfFile): string => `hf:${user}/${repo}/${file}`;

/**
 * The file of a repository that holds the quantization, or undefined. Projectors of vision models are no models, and
 * models that are split over several files are not chosen.
 */
export function chooseQuant(files: readonly string[], quant: string): string | undefined {
  const wanted = new RegExp(`(^|[-._/])${quant}([-._]|$)`, 'i');
  return files
    .filter(
      (file) => /\.gguf$/i.test(file) && !/mmproj|imatrix/i.test(file) && !/-\d{5}-of-\d{5}\./.test(file),
    )
    .filter((file) => wanted.test(file.replace(/\.gguf$/i, '')))
    .sort((a, b) => a.length - b.length || (a < b ? -1 : 1))[0];
}
