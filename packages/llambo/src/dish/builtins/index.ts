/** The commands of the shell, by name. */

import { askBuiltins } from './ask.ts';
import type { Builtin } from './builtin.ts';
import { clusterBuiltins } from './cluster.ts';
import { files } from './files.ts';
import { names } from './names.ts';
import { programs } from './programs.ts';
import { shell } from './shell.ts';
import { text } from './text.ts';
import { watch } from './watch.ts';

const all: readonly Builtin[] = [
  ...clusterBuiltins,
  ...askBuiltins,
  ...watch,
  ...files,
  ...text,
  ...names,
  ...programs,
  ...shell,
];

export const BUILTINS: ReadonlyMap<string, Builtin> = new Map(all.map((builtin) => [builtin.name, builtin]));
