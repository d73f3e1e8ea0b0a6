/**
 * The modules that programs expect to be built in. Draw and Tk are not: `load` of them gives nil. All but Sys, which every
 * program loads, are fetched when they are asked for.
 */

import { sysModule } from './modules/sys/index.ts';
import type { BuiltinModule, LazyModule } from './vm/builtin.ts';

export const standardModules: readonly (BuiltinModule | LazyModule)[] = [
  sysModule,
  { name: '$Math', load: async () => (await import('./modules/math/index.ts')).mathModule },
  { name: '$Keyring', load: async () => (await import('./modules/keyring/index.ts')).keyringModule },
  { name: '$IPints', load: async () => (await import('./modules/keyring/index.ts')).ipintsModule },
  { name: '$Crypt', load: async () => (await import('./modules/keyring/index.ts')).cryptModule },
  { name: '$Loader', load: async () => (await import('./modules/loader.ts')).loaderModule },
];
