import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { homeFolder } from '../home.ts';
import { readSettings, SETTINGS, Settings, withSetting } from './settings.ts';

export const settingsPath = (): string => join(homeFolder('usr'), 'limbot.conf');

/** @throws LlamboError `config` with the line of what is wrong */
export function loadSettings(path: string = settingsPath()): Settings {
  return readSettings(textOf(path), path);
}

/** Writes what was set to the file; comments and order stay. */
export function saveSettings(settings: Settings, path: string = settingsPath()): void {
  let text = textOf(path);
  for (const { name } of SETTINGS)
    text = withSetting(text, name, settings.has(name) ? settings.get(name) : undefined);
  const next = `${path}.${process.pid}`;
  writeFileSync(next, text, { mode: 0o600 });
  renameSync(next, path);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

export { Settings };
