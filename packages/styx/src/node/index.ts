/** Transports that need Node: dial strings, sockets, pipes. */

export { connect, type Serving, serveOn } from './connect.ts';
export { type DialOptions, dial, type ListenOptions, listen } from './dial.ts';
export { type Hostfs, type HostfsOptions, hostfs } from './hostfs.ts';
export { receive } from './receive.ts';
export { SocketTransport } from './socket.ts';
export { stdio } from './stdio.ts';
export { acceptWebSocket } from './websocket.ts';
