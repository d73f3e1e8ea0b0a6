/**
 * How the parts of a cluster prove to each other that they belong to it: by the cluster's token, or over TLS by certificates
 * that one authority has signed. That authority signs for this cluster and nothing else, so who has a certificate of it is a
 * member, at whatever address it is.
 */
import { readFileSync } from 'node:fs';
import type { ServerOptions } from '@llambo/styx';
import { parseAddress, proveToken, tokenAuth } from '@llambo/styx';
import type { DialOptions, ListenOptions } from '@llambo/styx/node';

/** PEM texts. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
  /** Of the authority. */
  readonly ca: string;
}

export interface Proof {
  readonly token?: string | undefined;
  readonly certificate?: Certificate | undefined;
}

/** Reads the files of a certificate. @throws Error with the system's reason */
export function readCertificate(files: Certificate): Certificate {
  const { cert, key, ca } = files;
  return {
    cert: readFileSync(cert, 'utf8'),
    key: readFileSync(key, 'utf8'),
    ca: readFileSync(ca, 'utf8'),
  };
}

const isTls = (address: string): boolean => parseAddress(address).net === 'tls';

/** For whoever listens at `address`: a certificate, or the token of whoever has none. */
export function demand(
  address: string,
  { token, certificate }: Proof,
  tokenOf: (uname: string) => string | undefined = () => token,
): ServerOptions & ListenOptions {
  const auth = token === undefined ? {} : { auth: tokenAuth((uname) => tokenOf(uname) ?? token) };
  if (certificate === undefined || !isTls(address)) return auth;
  return { ...auth, tls: { ...certificate, requestCert: true, rejectUnauthorized: token === undefined } };
}

/** For whoever dials `address`. */
export function dialOptions(address: string, { certificate }: Proof): DialOptions {
  if (certificate === undefined || !isTls(address)) return {};
  return { tls: { ...certificate, checkServerIdentity: () => undefined } };
}

/** As whom, and with what proof, one attaches at `address`: with a certificate as the one that it names. */
export function attachAs(
  address: string,
  uname: string,
  { token, certificate }: Proof,
): { uname: string; auth?: ReturnType<typeof proveToken> } {
  if (certificate !== undefined && isTls(address)) return { uname: '' };
  return token === undefined ? { uname } : { uname, auth: proveToken(token) };
}
