import { configError, LlamboError } from '../errors.ts';

export const badKeyLine = (line: number, attribute: string): LlamboError =>
  configError(`keys file is damaged: line ${line} has no valid ${attribute}=`);

export const badKeyName = (name: string): LlamboError =>
  new LlamboError(
    'bad-request',
    `key name ${JSON.stringify(name)} must be up to 64 letters, digits and . _ @ - and begin with a letter or digit`,
  );

export const keyNameTaken = (name: string): LlamboError =>
  new LlamboError('bad-request', `there is a key named ${name} already; revoke it first`);

export const unknownScope = (scope: string, known: readonly string[]): LlamboError =>
  new LlamboError('bad-request', `scope ${scope} is unknown; scopes: ${known.join(', ')}`);

export const noScope = (known: readonly string[]): LlamboError =>
  new LlamboError('bad-request', `a key needs at least one scope of ${known.join(', ')}`);

export const badLimit = (name: string): LlamboError =>
  new LlamboError('bad-request', `${name} must be a whole number from 1 up`);

export const unknownKey = (name: string): LlamboError =>
  new LlamboError('bad-request', `there is no key with id or name ${name}`);

export const keysBusy = (file: string): LlamboError =>
  new LlamboError('internal', `another process is changing ${file}; try again, or remove ${file}.lock`);
