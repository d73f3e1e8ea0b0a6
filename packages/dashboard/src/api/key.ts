import { signal } from '@preact/signals';

const NAME = 'llambo.key';

/** Storage may be forbidden; the page then keeps the key for as long as it is open. */
function stored(): string | undefined {
  try {
    return sessionStorage.getItem(NAME) ?? localStorage.getItem(NAME) ?? undefined;
  } catch {
    return undefined;
  }
}

/** The key that every request carries; undefined where none is known. */
export const key = signal<string | undefined>(stored());

/** Set when the gateway wants a key, or another one: why, for people. */
export const keyWanted = signal<string | undefined>(undefined);

/** @param remember beyond this tab */
export function setKey(value: string | undefined, remember = false): void {
  key.value = value;
  keyWanted.value = undefined;
  try {
    sessionStorage.removeItem(NAME);
    localStorage.removeItem(NAME);
    if (value !== undefined) (remember ? localStorage : sessionStorage).setItem(NAME, value);
  } catch {
    // Forbidden: see above.
  }
}

/** A WebSocket cannot carry a header, so the key goes with the subprotocols. */
export const protocols = (): string[] => (key.value === undefined ? ['9p'] : ['9p', `key.${key.value}`]);
