/** Addresses of clusters: dial strings, and those of gateways, which speak Styx over WebSocket as well. */

const DIAL_STRING = /^[a-z]+!/;

/** The dial string of `tcp!host!5640` (itself), `host:8640`, `https://host/`. @throws TypeError when it is none of these */
export function toDialString(address: string): string {
  if (DIAL_STRING.test(address) || address.startsWith('/')) return address;
  const url = new URL(address.includes('://') ? address : `http://${address}`);
  const secure = url.protocol === 'https:' || url.protocol === 'wss:';
  const port = url.port || (secure ? '443' : '80');
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return `${secure ? 'wss' : 'ws'}!${host}!${port}!${url.pathname.replace(/\/+$/, '')}/api/v1/styx`;
}
