export { type Command, commands } from './commands.ts';
export type { Control } from './control.ts';
export { adminCommand, parseCommand, runCommands, usageText } from './run.ts';
