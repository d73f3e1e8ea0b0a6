import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import type { Orchestrator } from '../cluster/orchestrator.ts';
import { configError } from '../errors.ts';
import { gatewayApp } from './app.ts';

export interface Gateway {
  /** `http://127.0.0.1:8640` */
  readonly url: string;
  close(): Promise<void>;
}

/** Milliseconds that answers under way are given when the gateway closes. */
const CLOSE_MS = 2000;

/** @param listen HOST:PORT; port 0 takes a free one. @throws LlamboError `config` when the address cannot be had */
export function startGateway(orchestrator: Orchestrator, listen: string): Promise<Gateway> {
  const colon = listen.lastIndexOf(':');
  const hostname = listen.slice(0, colon).replace(/^\[|\]$/g, '');
  const port = Number(listen.slice(colon + 1));
  return new Promise((resolve, reject) => {
    const server = serve(
      { fetch: gatewayApp(orchestrator).fetch, hostname, port },
      (address: AddressInfo) => {
        const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
        resolve({ url: `http://${host}:${address.port}`, close: () => close(server) });
      },
    ) as Server;
    server.requestTimeout = 60_000;
    server.headersTimeout = 15_000;
    server.on('error', (error) => reject(configError(`cannot listen on ${listen}: ${error.message}`)));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), CLOSE_MS);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}
