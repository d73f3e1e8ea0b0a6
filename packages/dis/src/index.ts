/**
 * A Dis virtual machine: runs standard .dis programs, each machine in a memory of its own. The object format alone is
 * `@llambo/dis/object`.
 */

export { Blocked, Ended, type Engine, Faulted, Ran } from './engine/engine.ts';
export { Interpreter } from './engine/interp.ts';
export * from './errors.ts';
export { Heap } from './heap/heap.ts';
export {
  SysContext,
  type SysContextOptions,
  sysModule,
} from './modules/sys/index.ts';
export { standardModules } from './standard.ts';
export type {
  Address,
  BuiltinFunction,
  BuiltinModule,
  Call,
  LazyModule,
  TypeId,
} from './vm/builtin.ts';
export {
  defineType,
  typeBig,
  typeByte,
  typePointer,
  typeReal,
  typeSize,
  typeString,
  typeWord,
} from './vm/builtin.ts';
export { type Code, codeFrom } from './vm/code.ts';
export { startModule, startProgram, stringList } from './vm/command.ts';
export type { Context } from './vm/context.ts';
export { Machine, type MachineOptions } from './vm/machine.ts';
export { Process } from './vm/process.ts';
export { progTable } from './vm/prog.ts';
export { Scheduler, type SchedulerOptions, type Usage } from './vm/scheduler.ts';
