/** Certificates for a test, made by openssl(1); undefined where there is none. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Identity {
  readonly cert: Buffer;
  readonly key: Buffer;
}

export interface Certificates {
  readonly ca: Buffer;
  readonly server: Identity;
  /** Signed by `ca`; its common name is glenda. */
  readonly glenda: Identity;
  /** Signed by itself; its common name is glenda too. */
  readonly impostor: Identity;
}

export function certificates(folder: string): Certificates | undefined {
  const path = (name: string): string => join(folder, name);
  const openssl = (...args: string[]): void => {
    execFileSync('openssl', args, { stdio: 'ignore' });
  };
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const selfSigned = (name: string, cn: string): Identity => {
    openssl(
      'req',
      '-x509',
      ...ec,
      '-keyout',
      path(`${name}.key`),
      '-out',
      path(`${name}.crt`),
      '-subj',
      `/CN=${cn}`,
    );
    return identity(name);
  };
  const identity = (name: string): Identity => ({
    cert: readFileSync(path(`${name}.crt`)),
    key: readFileSync(path(`${name}.key`)),
  });
  const signed = (name: string, cn: string): Identity => {
    writeFileSync(path('ext'), 'subjectAltName=IP:127.0.0.1,DNS:localhost\n');
    openssl('req', ...ec, '-keyout', path(`${name}.key`), '-out', path(`${name}.csr`), '-subj', `/CN=${cn}`);
    const ca = ['-CA', path('ca.crt'), '-CAkey', path('ca.key'), '-CAcreateserial', '-days', '2'];
    openssl(
      'x509',
      '-req',
      '-in',
      path(`${name}.csr`),
      ...ca,
      '-extfile',
      path('ext'),
      '-out',
      path(`${name}.crt`),
    );
    return identity(name);
  };
  try {
    const ca = selfSigned('ca', 'test ca').cert;
    return {
      ca,
      server: signed('server', 'localhost'),
      glenda: signed('glenda', 'glenda'),
      impostor: selfSigned('impostor', 'glenda'),
    };
  } catch {
    return undefined;
  }
}
