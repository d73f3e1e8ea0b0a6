import type { BuiltinFunction, BuiltinModule } from '../vm/builtin.ts';

/** What a built-in function does; see BuiltinFunction.run. */
type Run = BuiltinFunction['run'];

/** Functions of a module by their names in its interface. */
export type Functions = Readonly<Record<string, Run>>;

/**
 * A module of functions whose interface is a table of rows `name signature size map`, as Limbo compilers derive it from
 * the module's declaration (`limbo -t`). Every row must have a function and every function a row.
 */
export function builtin(name: string, table: string, functions: Functions): BuiltinModule {
  const rows = table.trim().split('\n');
  const all = rows.map((row): BuiltinFunction => {
    const [member, signature, size, map = ''] = row.trim().split(/\s+/) as [string, string, string, string?];
    const run = functions[member];
    if (run === undefined) throw new Error(`${name} lacks ${member}`);
    return { name: member, signature: Number(signature) | 0, size: Number(size), map, run };
  });
  if (all.length !== Object.keys(functions).length) throw new Error(`${name} has functions without a row`);
  return { name, functions: all };
}
