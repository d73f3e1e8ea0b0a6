/**
 * A way to prove who one is with a secret that never travels: both sides know the token of the user, and each shows the
 * other that it does, by HMAC-SHA-256 over fresh random numbers and the names of the attach. On the afid:
 *
 *     server: 9p-token 1 SERVERNONCE
 *     client: CLIENTNONCE HMAC(token, "client" SERVERNONCE CLIENTNONCE uname aname)
 *     server: HMAC(token, "server" SERVERNONCE CLIENTNONCE uname aname)
 *
 * It says who is there at the time of the attach. It hides nothing: what follows is as safe as the transport, so use TLS
 * where others can listen or meddle.
 */
import type { RemoteFile } from '../client/remote-file.ts';
import { Eauth, StyxError } from '../errors.ts';
import type { Attach, Awaitable } from '../file.ts';
import type { Auth, Conversation } from '../server/auth.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const NONCE = 32;
const GREETING = /^9p-token 1 ([0-9a-f]{64})\n$/;
const CLAIM = /^([0-9a-f]{64}) ([0-9a-f]{64})\n$/;

type Side = 'client' | 'server';
type Key = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
}

function unhex(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: text.length / 2 }, (_, i) =>
    Number.parseInt(text.slice(2 * i, 2 * i + 2), 16),
  );
}

function nonce(): string {
  return hex(crypto.getRandomValues(new Uint8Array(NONCE)));
}

/** NUL can't be in a name, so that no two sets of fields give the same bytes. */
function statement(side: Side, server: string, client: string, who: Attach): Uint8Array<ArrayBuffer> {
  return encoder.encode(['9p-token 1', side, server, client, who.uname, who.aname].join('\0'));
}

function keyOf(token: string): Promise<Key> {
  const hmac = { name: 'HMAC', hash: 'SHA-256' };
  return crypto.subtle.importKey('raw', encoder.encode(token), hmac, false, ['sign', 'verify']);
}

/**
 * For a server: `tokenOf` gives the token of a user, or undefined when there is no such user, who is told no more than
 * that authentication failed. Tokens should be long and random: 32 bytes in hex, say.
 */
export function tokenAuth(tokenOf: (uname: string) => Awaitable<string | undefined>): Auth {
  return {
    async begin(who: Attach): Promise<Conversation> {
      const token = await tokenOf(who.uname);
      // A user that is not there takes as long as one that is.
      return new TokenConversation(who, await keyOf(token || nonce()), token !== undefined && token !== '');
    },
  };
}

class TokenConversation implements Conversation {
  proved: boolean = false;
  readonly #who: Attach;
  readonly #key: Key;
  readonly #known: boolean;
  readonly #nonce: string = nonce();
  #say: Uint8Array;
  #answered = false;

  constructor(who: Attach, key: Key, known: boolean) {
    this.#who = who;
    this.#key = key;
    this.#known = known;
    this.#say = encoder.encode(`9p-token 1 ${this.#nonce}\n`);
  }

  read(count: number): Uint8Array {
    const part = this.#say.slice(0, count);
    this.#say = this.#say.subarray(part.length);
    return part;
  }

  async write(data: Uint8Array): Promise<number> {
    // One guess for each conversation.
    const claim = CLAIM.exec(decoder.decode(data));
    if (this.#answered || claim === null) throw new StyxError(Eauth);
    this.#answered = true;
    const [, client = '', proof = ''] = claim;
    const expected = statement('client', this.#nonce, client, this.#who);
    // subtle.verify compares in constant time.
    const ok = await crypto.subtle.verify('HMAC', this.#key, unhex(proof), expected);
    if (!ok || !this.#known) throw new StyxError(Eauth);
    const answer = await crypto.subtle.sign(
      'HMAC',
      this.#key,
      statement('server', this.#nonce, client, this.#who),
    );
    this.#say = encoder.encode(`${hex(new Uint8Array(answer))}\n`);
    this.proved = true;
    return data.length;
  }
}

/**
 * For a client: what `attach({ auth })` takes. Rejects when the server does not know the token, be it that it refuses
 * ours or that it can't prove its own knowledge.
 */
export function proveToken(
  token: string,
  aname: string = '',
): (afid: RemoteFile, uname: string) => Promise<void> {
  return async (afid, uname) => {
    const who = { uname, aname };
    const key = await keyOf(token);
    const [, server] = GREETING.exec(decoder.decode(await afid.read(0, 256))) ?? [];
    if (server === undefined) throw new StyxError(`${Eauth}: server does not speak 9p-token`);
    const client = nonce();
    const proof = await crypto.subtle.sign('HMAC', key, statement('client', server, client, who));
    await afid.write(0, encoder.encode(`${client} ${hex(new Uint8Array(proof))}\n`));
    const answer = decoder.decode(await afid.read(0, 256)).trimEnd();
    const right = /^[0-9a-f]{64}$/.test(answer);
    if (
      !right ||
      !(await crypto.subtle.verify('HMAC', key, unhex(answer), statement('server', server, client, who)))
    ) {
      throw new StyxError(`${Eauth}: server does not know the token`);
    }
  };
}
