/** One thing that was looked at. */
export interface Check {
  readonly name: string;
  /** warn: works, could be better. bad: something will not work. */
  readonly state: 'ok' | 'warn' | 'bad';
  readonly found: string;
  /** What to do about it. */
  readonly fix?: string;
}

export const ok = (name: string, found: string): Check => ({ name, state: 'ok', found });
export const warn = (name: string, found: string, fix: string): Check => ({
  name,
  state: 'warn',
  found,
  fix,
});
export const bad = (name: string, found: string, fix: string): Check => ({ name, state: 'bad', found, fix });
