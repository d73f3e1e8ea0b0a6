/** The modules that programs expect to be built in. Draw and Tk are not: `load` of them gives nil. */

import { sysModule } from './modules/sys/index.ts';
import type { BuiltinModule } from './vm/builtin.ts';

export const standardModules: readonly BuiltinModule[] = [sysModule];
