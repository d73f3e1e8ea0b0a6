/** Who asks, and whether they may. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { MiddlewareHandler } from 'hono';
import { KeyLimiter } from '../cluster/admission/index.ts';
import type { KeyRecord, KeyStore, Scope } from '../keys/index.ts';
import { type Ctx, type Env, HttpError } from './http.ts';
import { forbidden, foreignHost, foreignOrigin, unauthorized } from './openai/errors.ts';

/** Who a request comes from. */
export interface Principal {
  /** Id of the key; `anonymous` in a cluster without keys. */
  readonly id: string;
  readonly scopes: readonly Scope[];
  /** What the key may still use; undefined: no limits. */
  readonly limiter: KeyLimiter | undefined;
}

export interface AuthOptions {
  /** None, or no key in it: everybody who reaches the cluster may do everything. */
  readonly keys?: KeyStore;
  /** Origins of web pages that may use the API, `*` for all; default: only the cluster's own page. */
  readonly origins?: readonly string[];
  /** The transport proves the cluster's name (TLS). */
  readonly secured?: boolean;
}

/** Who asks in a cluster without keys. */
export const ANONYMOUS = 'anonymous';
const EVERYBODY: Principal = { id: ANONYMOUS, scopes: ['infer', 'operate', 'admin'], limiter: undefined };
/** Names that no page can choose to mean this machine: addresses, and localhost. */
const LOCAL = /^((.+\.)?localhost|\[[0-9a-f:.]+\]|(\d{1,3}\.){3}\d{1,3})$/;

/** What a browser or a client sends with a request, as far as it tells who is asking. */
interface Credentials {
  readonly authorization: string | undefined;
  readonly apiKey: string | undefined;
  /** Subprotocols of a WebSocket: browsers can send nothing else. */
  readonly protocols?: string | undefined;
}

export class Authenticator {
  readonly #keys: KeyStore | undefined;
  readonly #origins: readonly string[];
  readonly #secured: boolean;
  /** Secrets that this process made itself, each good once. */
  readonly #standIns = new Map<string, Principal>();
  readonly #limiters = new Map<string, { readonly record: KeyRecord; readonly limiter: KeyLimiter }>();

  constructor({ keys, origins = [], secured = false }: AuthOptions) {
    this.#secured = secured;
    this.#keys = keys;
    this.#origins = origins;
  }

  /** Whether web pages of this origin may read answers. */
  allows(origin: string): boolean {
    return this.#origins.includes('*') || this.#origins.includes(origin);
  }

  /**
   * A page of another site may send requests here without being able to read the answers, and by a name of its own that
   * it lets point to this machine it can even read them. Both are refused.
   *
   * @throws HttpError 403
   */
  checkSite(host: string | undefined, origin: string | undefined): void {
    if (origin !== undefined && !this.allows(origin) && origin.replace(/^https?:\/\//, '') !== host) {
      throw new HttpError(foreignOrigin(origin));
    }
    if (host === undefined || this.#secured || (this.#keys !== undefined && !this.#keys.empty)) return;
    const name = host.replace(/:\d*$/, '').toLowerCase();
    if (LOCAL.test(name) || name === hostname().toLowerCase()) return;
    if (this.#origins.some((allowed) => allowed === '*' || allowed.replace(/^https?:\/\//, '') === host))
      return;
    throw new HttpError(foreignHost(name));
  }

  /** @throws HttpError 401 */
  principal({ authorization, apiKey, protocols }: Credentials): Principal {
    if (this.#keys === undefined || this.#keys.empty) return EVERYBODY;
    const bearer = authorization === undefined ? undefined : /^Bearer\s+(\S+)$/i.exec(authorization)?.[1];
    const offered = protocols?.split(',').map((word) => word.trim());
    const subprotocol = offered?.find((word) => word.startsWith('key.'))?.slice(4);
    const secret = bearer ?? apiKey ?? subprotocol;
    const standIn = this.#standIns.get(secret ?? '');
    if (standIn !== undefined) {
      this.#standIns.delete(secret as string);
      return standIn;
    }
    if (secret === undefined)
      throw new HttpError(unauthorized('no API key was given; send Authorization: Bearer KEY'));
    const record = this.#keys.find(secret);
    if (record === undefined) throw new HttpError(unauthorized('API key is unknown or revoked'));
    return { id: record.id, scopes: record.scopes, limiter: this.#limiter(record) };
  }

  /** A secret for asking once more what the owner of key `id` asked an earlier process; undefined: the key is gone. */
  standIn(id: string): string | undefined {
    const secret = randomUUID();
    if (this.#keys === undefined || this.#keys.empty) return id === ANONYMOUS ? secret : undefined;
    const record = this.#keys.list().find((each) => each.id === id);
    if (record === undefined) return undefined;
    this.#standIns.set(secret, { id, scopes: record.scopes, limiter: undefined });
    return secret;
  }

  #limiter(record: KeyRecord): KeyLimiter | undefined {
    const { requestsPerMinute, tokensPerMinute, concurrency } = record.limits;
    if ((requestsPerMinute ?? tokensPerMinute ?? concurrency) === undefined) return undefined;
    const known = this.#limiters.get(record.id);
    if (known?.record.hash === record.hash) return known.limiter;
    const limiter = new KeyLimiter(record.limits, performance.now());
    this.#limiters.set(record.id, { record, limiter });
    return limiter;
  }
}

/** Refuses who lacks the scope; `admin` has all of them. */
export function requires(scope: Scope, auth: Authenticator): MiddlewareHandler<Env> {
  return async (context, next) => {
    const principal = auth.principal({
      authorization: context.req.header('authorization'),
      apiKey: context.req.header('x-api-key'),
    });
    checkScope(principal, scope);
    context.set('principal', principal);
    await next();
  };
}

/** @throws HttpError 403 */
export function checkScope({ scopes }: Principal, scope: Scope): void {
  if (!scopes.includes(scope) && !scopes.includes('admin')) throw new HttpError(forbidden(scope));
}

export const principalOf = (context: Ctx): Principal => context.get('principal');
