/** Dial strings, as dial(2) writes them: `network!address!service`. */
import { Edial, StyxError } from '../errors.ts';

export type Network = 'tcp' | 'tls' | 'unix' | 'ws' | 'wss';

export interface Address {
  readonly net: Network;
  /** Host name or number; `*` for all, where one listens. Empty for unix. */
  readonly host: string;
  /** 0 lets the system choose, where one listens. 0 for unix. */
  readonly port: number;
  /** Of the socket for unix, of the URL for ws and wss. */
  readonly path: string;
}

/** Services that a dial string may name, and the port when it names none. */
const services: ReadonlyMap<string, number> = new Map([
  ['9fs', 564],
  ['9p', 564],
  ['styx', 6666],
  ['http', 80],
  ['https', 443],
]);

/**
 * Parses `tcp!host!port`, `net!host!port`, `tls!host!port`, `unix!path`, `ws!host!port!path`, `wss!host!port!path`. A
 * port may be one of the services 9fs and styx, and defaults to 9fs (564). A bare path is a unix socket.
 */
export function parseAddress(text: string): Address {
  const parts = text.split('!');
  const [net = ''] = parts;
  if (parts.length === 1 && text.startsWith('/')) return { net: 'unix', host: '', port: 0, path: text };
  switch (net) {
    case 'unix': {
      const path = parts.slice(1).join('!');
      if (path === '') break;
      return { net, host: '', port: 0, path };
    }
    case 'tcp':
    case 'net':
    case 'tls': {
      const [, host = '', service = '9fs'] = parts;
      if (host === '' || parts.length > 3) break;
      return { net: net === 'net' ? 'tcp' : net, host, port: portOf(service, text), path: '' };
    }
    case 'ws':
    case 'wss': {
      const [, host = '', service = net === 'ws' ? 'http' : 'https', ...rest] = parts;
      if (host === '') break;
      const path = rest.join('!');
      return { net, host, port: portOf(service, text), path: path.startsWith('/') ? path : `/${path}` };
    }
  }
  throw new StyxError(`${Edial}: ${text}: want tcp!host!port, tls!host!port, unix!path or ws!host!port!path`);
}

function portOf(service: string, text: string): number {
  const port = services.get(service) ?? (/^\d{1,5}$/.test(service) ? Number(service) : -1);
  if (port < 0 || port > 65535) throw new StyxError(`${Edial}: ${text}: no service ${service}`);
  return port;
}

/** The dial string of `a`; parses to `a` again. */
export function formatAddress(a: Address): string {
  switch (a.net) {
    case 'unix':
      return `unix!${a.path}`;
    case 'ws':
    case 'wss':
      return `${a.net}!${a.host}!${a.port}!${a.path}`;
    default:
      return `${a.net}!${a.host}!${a.port}`;
  }
}
