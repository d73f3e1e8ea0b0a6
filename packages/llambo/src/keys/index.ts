export { type KeyRecord, SCOPES, type Scope } from './key.ts';
export { KeyStore, type NewKey } from './store.ts';
