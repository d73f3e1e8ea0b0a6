import type { Status } from './client.ts';
import { HttpEndpoint } from './http.ts';

/** The figures of a gateway that may have no key for us: /health is open to all. */
export const fetchStatus = (url: string): Promise<Status> =>
  new HttpEndpoint(url).jsonOfAny<Status>('/health');
