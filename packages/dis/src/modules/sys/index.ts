import type { BuiltinModule } from '../../vm/builtin.ts';
import { builtin } from '../module.ts';
import { dial } from './dial.ts';
import { file2chan } from './file2chan.ts';
import { files } from './files.ts';
import { sysInterface } from './interface.ts';
import { mounts } from './mount.ts';
import { print } from './print.ts';
import { process_ } from './process.ts';
import { text } from './text.ts';

/** The Sys module, sys-intro(2). Processes that call it must have a SysContext. */
export const sysModule: BuiltinModule = builtin('$Sys', sysInterface, {
  ...print,
  ...files,
  ...mounts,
  ...process_,
  ...text,
  ...file2chan,
  ...dial,
});

export { SysContext, type SysContextOptions } from './context.ts';
