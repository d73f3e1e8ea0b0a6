import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import type { Server } from 'node:http';
import { isIP } from 'node:net';
import type { Server as TlsServer } from 'node:tls';
import type { Orchestrator } from '../cluster/orchestrator.ts';
import { configError } from '../errors.ts';

export interface TlsFiles {
  /** Path of the certificate chain, PEM. */
  readonly cert: string;
  /** Path of its private key, PEM. */
  readonly key: string;
}

/** Milliseconds between two looks at the files. */
const WATCH_MS = 5000;

export function isLoopback(hostname: string): boolean {
  const name = hostname.toLowerCase();
  if (name === 'localhost' || name === '::1') return true;
  return isIP(name) === 4 && name.startsWith('127.');
}

/** @throws LlamboError `config` */
export function readTls({ cert, key }: TlsFiles): { readonly cert: Buffer; readonly key: Buffer } {
  const read = (path: string): Buffer => {
    try {
      return readFileSync(path);
    } catch (error) {
      throw configError(`cannot read ${path}: ${(error as Error).message}`);
    }
  };
  return { cert: read(cert), key: read(key) };
}

/** Gives new connections the new certificate once both files are whole. Ends with the returned function. */
export function watchTls(files: TlsFiles, server: Server, orchestrator: Orchestrator): () => void {
  const reload = (): void => {
    try {
      (server as unknown as TlsServer).setSecureContext(readTls(files));
      orchestrator.events.add('certificate was read again');
    } catch (error) {
      // Half of a pair may be written: the next change brings the other half.
      orchestrator.events.add(`certificate was not read again: ${(error as Error).message}`);
    }
  };
  const paths = [files.cert, files.key];
  for (const path of paths) watchFile(path, { interval: WATCH_MS, persistent: false }, reload);
  return () => {
    for (const path of paths) unwatchFile(path, reload);
  };
}
